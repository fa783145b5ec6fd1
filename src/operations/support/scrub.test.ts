import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScrub } from './scrub.ts';

const mnemonic = 'abandon ability able about above absent absorb abstract absurd abuse access accident';

describe('what looks like a secret', () => {
  const scrub = createScrub([]);

  it.each([
    ['fetching https://user:hunter2@example.org/x', 'fetching https://[secret]@example.org/x'],
    ['GET https://example.org/rpc?apikey=hunter2&x=1 200', 'GET https://example.org/rpc?[secret] 200'],
    ['Authorization: Bearer abcdef0123456789', 'Authorization: [secret]'],
    ['sent bearer abcdef0123456789', 'sent bearer [secret]'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjF9.c2lnbmF0dXJl refused', '[secret] refused'],
    ['{"password":"hunter2","port":1}', '{"password":"[secret]","port":1}'],
    ['password = hunter2, port=1', 'password = "[secret]", port=1'],
    ['geth --api-token hunter2 --port 1', 'geth --api-token [secret] --port 1'],
    [`private key: 0x${'ab'.repeat(32)}`, 'private key: [secret]'],
    [`imported ${mnemonic} ok`, '[secret] ok'],
    ['-----BEGIN KEY-----\nhunter2\n-----END KEY-----\nafter', '[secret]\nafter'],
  ])('%s', (text, clean) => expect(scrub(text)).toBe(clean));

  it.each([
    `imported block 0x${'ab'.repeat(32)} of slot 12`,
    '--jwt-secret=/home/me/secrets/jwt.hex --password-file ./x.txt',
    'the node is live and follows the chain, nothing else happened',
    'GET https://example.org/releases/download/v1/x.tar.gz 200',
    '{"iteration":160,"chainId":39438160}',
  ])('and what does not: %s', (text) => expect(scrub(text)).toBe(text));
});

describe('what is known to be a secret', () => {
  it('is found wherever it stands, in any case, in an address and in JSON', () => {
    const scrub = createScrub(['S3cret/Value "x"', 'short', '0123456789abcdef']);
    const text = `a S3cret/Value "x" b ${encodeURIComponent('S3cret/Value "x"')} c ${JSON.stringify('S3cret/Value "x"')} 0123456789ABCDEF short`;
    expect(scrub(text)).toBe('a [secret] b [secret] c "[secret]" [secret] [secret]');
  });

  it('of less than six characters is found where it is a word of its own', () => {
    const scrub = createScrub(['cat', 'p+/d', 'x1', '\u00e4b', 'true', '', '--', '{']);
    expect(scrub('{"password": "cat", "is": true} cat=1 concatenate cat. Cat')).toBe(
      '{"password": "[secret]", "is": true} [secret]=1 concatenate [secret]. [secret]',
    );
    expect(scrub('--pin=x1 x12 ax1 x1_ \u00e4b \u00e4bc p+/d')).toBe(
      '--pin=[secret] x12 ax1 x1_ [secret] \u00e4bc [secret]',
    );
  });

  it('never stays in any text, whatever stands around it', () => {
    const unit = fc.constantFrom(...'abcXYZ019/?&=".+-');
    const secret = fc.string({ minLength: 6, maxLength: 30, unit });
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 5 }),
        fc.array(fc.string()),
        (secrets, around) => {
          const text = secrets.map((each, index) => `${around[index] ?? ''} ${each}`).join(' ');
          const clean = createScrub(secrets)(text).replaceAll('[secret]', ' ');
          expect(secrets.filter((each) => clean.toLowerCase().includes(each.toLowerCase()))).toEqual([]);
        },
      ),
    );
  });
});
