import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../base/secret.ts';
import { keystoreText, usualPbkdf2, usualScrypt } from './keystore.ts';
import { deriveKey, openKeystore, sealKeystore } from './keystore-cipher.ts';
import { keystoreLimits, parseKeystore } from './parse-keystore.ts';
import { passwordBytes } from './password.ts';
import { publicKeyOf } from './public-key.ts';

interface Vectors {
  readonly password: string;
  readonly encodedPassword: string;
  readonly secret: string;
  readonly keystores: readonly Readonly<Record<string, unknown>>[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/keys/eip-2335.json', import.meta.url), 'utf8'),
) as Vectors;
const [scryptText = '', pbkdf2Text = ''] = vectors.keystores.map((keystore) => JSON.stringify(keystore));
const password = new Secret(vectors.password);
const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString('hex')}`;

/** The vector with one field changed, by its dotted path. */
function changed(text: string, path: string, value: unknown): string {
  const root = JSON.parse(text) as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop() ?? '';
  const place = names.reduce((at, name) => at[name] as Record<string, unknown>, root);
  if (value === undefined) delete place[last];
  else place[last] = value;
  return JSON.stringify(root);
}

describe('the vectors of EIP-2335', () => {
  it('normalise the password', () => {
    expect(hex(passwordBytes(vectors.password))).toBe(vectors.encodedPassword);
  });

  it.each(vectors.keystores)('are opened, sealed and written alike: $description', async (vector) => {
    const keystore = parseKeystore('vector', JSON.stringify(vector));
    const secretKey = await openKeystore('vector', keystore, password);
    expect(hex(secretKey.reveal())).toBe(vectors.secret);
    expect([usualScrypt, usualPbkdf2]).toContainEqual(keystore.derivation);
    if (keystore.pubkey === undefined) throw new Error('the vector has a public key');
    const { derivation, salt, iv, path, uuid, pubkey, description = '' } = keystore;
    const draft = { secretKey, derivation, salt, iv, path, uuid, pubkey, description };
    const sealed = await sealKeystore(draft, new Secret('testpassword🔑'));
    expect(JSON.parse(keystoreText(sealed))).toEqual(vector);
  });
});

describe('a password', () => {
  it.each([
    ['control codes are stripped', 'a\u0000b\u001fc\u007fd\u0080e\u009ff', 'abcdef'],
    ['what looks alike is the same', 'ｐａｓｓ ①', 'pass 1'],
    ['composed and decomposed accents', 'caf\u00e9', 'cafe\u0301'],
    ['blanks stay', ' a b ', ' a b '],
  ])('%s', (_what, given, normal) => {
    expect(passwordBytes(given)).toEqual(new TextEncoder().encode(normal));
  });

  it('that is wrong opens nothing, and is not told', async () => {
    const keystore = parseKeystore('k.json', pbkdf2Text);
    const opening = openKeystore('k.json', keystore, new Secret('wrong-pass'));
    await expect(opening).rejects.toMatchObject({ code: 'EPH-KEYS-PASSWORD-WRONG' });
    await expect(opening).rejects.not.toThrow(/wrong-pass/);
  });
});

describe('what a keystore may not be', () => {
  it.each([
    ['not JSON', '{'],
    ['a list', '[]'],
    ['nothing', 'null'],
    ['too large', ' '.repeat(keystoreLimits.characters + 1)],
    ['another version', changed(scryptText, 'version', 3)],
    ['another cipher', changed(scryptText, 'crypto.cipher.function', 'aes-256-gcm')],
    ['another checksum', changed(scryptText, 'crypto.checksum.function', 'md5')],
    ['another derivation', changed(scryptText, 'crypto.kdf.function', 'argon2')],
    ['another prf', changed(pbkdf2Text, 'crypto.kdf.params.prf', 'hmac-sha1')],
    ['an endless pbkdf2', changed(pbkdf2Text, 'crypto.kdf.params.c', keystoreLimits.iterations + 1)],
    ['a scrypt of over 1 GiB', changed(scryptText, 'crypto.kdf.params.n', 2 ** 21)],
    ['a scrypt of over 1 GiB by r', changed(scryptText, 'crypto.kdf.params.r', 512)],
    ['an n that is no power of two', changed(scryptText, 'crypto.kdf.params.n', 262_143)],
    ['a fraction', changed(scryptText, 'crypto.kdf.params.p', 1.5)],
    ['a short derived key', changed(scryptText, 'crypto.kdf.params.dklen', 16)],
    ['a short iv', changed(scryptText, 'crypto.cipher.params.iv', '00')],
    ['a long secret', changed(scryptText, 'crypto.cipher.message', '00'.repeat(33))],
    ['no salt', changed(scryptText, 'crypto.kdf.params.salt', undefined)],
    ['no hex', changed(scryptText, 'crypto.checksum.message', 'zz')],
    ['a public key of another form', changed(scryptText, 'pubkey', '00')],
  ])('%s', (_what, text) => {
    expect(() => parseKeystore('k.json', text)).toThrow(
      expect.objectContaining({
        code: 'EPH-KEYS-KEYSTORE-INVALID',
        facts: expect.objectContaining({ file: 'k.json' }),
      }),
    );
  });

  it.each([undefined, ''])('but it need not tell its key: %j', (pubkey) => {
    expect(parseKeystore('k.json', changed(scryptText, 'pubkey', pubkey)).pubkey).toBeUndefined();
  });
});

it('gives back any secret key that was sealed', async () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const pubkey = publicKeyOf(new Uint8Array(48).fill(0x8a));
  const derivation = { ...usualPbkdf2, iterations: 2 };
  await fc.assert(
    fc.asyncProperty(bytes(32), bytes(32), bytes(16), fc.string(), async (secret, salt, iv, word) => {
      const draft = {
        secretKey: new Secret(secret),
        pubkey,
        path: 'm/12381/3600/0/0/0',
        uuid: 'u',
        derivation,
        salt,
        iv,
      };
      const text = keystoreText(await sealKeystore(draft, new Secret(word)));
      const read = parseKeystore('k.json', text);
      expect(read.pubkey).toBe(pubkey);
      expect((await openKeystore('k.json', read, new Secret(word))).reveal()).toEqual(secret);
    }),
    { numRuns: 30 },
  );
});

it('derives with memory up to the limit that it reads', async () => {
  const derivation = { function: 'scrypt', n: 2, r: 1024, p: 16 } as const;
  const derived = await deriveKey(new Secret('p'), {
    derivation,
    salt: new Uint8Array(32),
    derivedLength: 32,
  });
  expect(derived.reveal()).toHaveLength(32);
});
