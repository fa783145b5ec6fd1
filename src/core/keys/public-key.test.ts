import { describe, expect, it } from 'vitest';
import { keyOfKeystoreFile, keySetNameForm, keySetPaths, keystoreFile, secretFile } from './key-set-paths.ts';
import { publicKeyBytes, publicKeyOf, readPublicKey, shortPublicKey } from './public-key.ts';

const key = `0xa${'1'.repeat(95)}` as const;

describe('a public key', () => {
  it.each([key, key.slice(2), key.toUpperCase(), ` ${key}\n`])('has one spelling: %j', (text) => {
    expect(readPublicKey(text)).toBe(key);
  });

  it.each([
    '',
    '0x',
    key.slice(0, -1),
    `${key}0`,
    `0x1${'1'.repeat(95)}`,
    `0xc${'0'.repeat(95)}`,
    `0xag${'1'.repeat(94)}`,
  ])('is not %j', (text) => expect(readPublicKey(text)).toBeUndefined());

  it('goes to bytes and back, and is shortened for people', () => {
    expect(publicKeyOf(publicKeyBytes(key))).toBe(key);
    expect(shortPublicKey(key)).toBe('0xa1111111…11111111');
  });
});

describe('the folders of a key set', () => {
  const paths = keySetPaths('/r/keys', 'main');

  it('hold one keystore and one password a key', () => {
    expect(keystoreFile(paths, key)).toBe(`/r/keys/main/keystores/${key}.json`);
    expect(secretFile(paths, key)).toBe(`/r/keys/main/secrets/${key}`);
    expect(keyOfKeystoreFile(`${key}.json`)).toBe(key);
  });

  it.each([key, `${key.slice(2)}.json`, `${key.toUpperCase()}.json`, `${key}.json.0a.tmp`, 'keystore.json'])(
    'have no keystore of the name %s',
    (name) => expect(keyOfKeystoreFile(name)).toBeUndefined(),
  );

  it.each(['main', 'a', 'set-2', '0'])('may be called %s', (name) => expect(name).toMatch(keySetNameForm));
  it.each(['', '.', '..', 'a/b', 'Main', '-a', 'a-', 'a b', 'ä', 'a'.repeat(65)])(
    'may not be called %j',
    (name) => {
      expect(name).not.toMatch(keySetNameForm);
    },
  );
});
