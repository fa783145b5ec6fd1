import { messageOf } from '../../base/errors.ts';
import { keyErrors } from './errors.ts';
import type { KeyDerivation, Keystore } from './keystore.ts';
import { type PublicKey, readPublicKey } from './public-key.ts';

/** A keystore is about 1 kB; what asks for more work or memory than this is an attack, not a key. */
export const keystoreLimits = {
  characters: 64 * 1024,
  scryptBytes: 1 << 30,
  scryptParallel: 16,
  iterations: 16_777_216,
} as const;

/** What a password opens, whatever is inside. */
export type SealedText = Pick<
  Keystore,
  'derivation' | 'salt' | 'derivedLength' | 'checksum' | 'iv' | 'cipherText'
>;

/** Reads a keystore; `file` is for the error alone. Throws EPH-KEYS-KEYSTORE-INVALID. Source: EIP-2335. */
export function parseKeystore(file: string, text: string): Keystore {
  return parseAs(readKeystore, file, { text, most: keystoreLimits.characters });
}

/** Reads something sealed as a keystore is, of any length up to 16 MiB. Throws EPH-KEYS-KEYSTORE-INVALID. */
export function parseSealedText(file: string, text: string): SealedText {
  const read = (json: unknown) => readSealed(fields(json, 'the file'), { least: 1, most: 8 << 20 });
  return parseAs(read, file, { text, most: 16 << 20 });
}

function parseAs<T>(
  read: (json: unknown) => T,
  file: string,
  { text, most }: { text: string; most: number },
): T {
  const invalid = (problem: string) => keyErrors.create('EPH-KEYS-KEYSTORE-INVALID', { file, problem });
  if (text.length > most) throw invalid('it is too large for a keystore');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own words quote the content.
    throw invalid('it is not JSON');
  }
  try {
    return read(json);
  } catch (thrown) {
    throw invalid(messageOf(thrown));
  }
}

type Fields = Readonly<Record<string, unknown>>;

function readKeystore(json: unknown): Keystore {
  const root = fields(json, 'the file');
  const sealed = readSealed(root, { least: 32, most: 32 });
  const description = root.description;
  const pubkey = readKey(root.pubkey);
  return {
    ...sealed,
    path: typeof root.path === 'string' ? root.path.slice(0, 256) : '',
    uuid: typeof root.uuid === 'string' ? root.uuid.slice(0, 64) : '',
    ...(pubkey === undefined ? {} : { pubkey }),
    ...(typeof description === 'string' && description !== ''
      ? { description: description.slice(0, 1024) }
      : {}),
  };
}

function readSealed(root: Fields, length: Range): SealedText {
  if (root.version !== 4) throw new TypeError('it is no keystore of version 4');
  const crypto = fields(root.crypto, 'crypto');
  const kdf = fields(crypto.kdf, 'crypto.kdf');
  const kdfParameters = fields(kdf.params, 'crypto.kdf.params');
  const cipher = module(crypto.cipher, 'crypto.cipher', 'aes-128-ctr');
  const checksum = module(crypto.checksum, 'crypto.checksum', 'sha256');
  return {
    derivation: readDerivation(kdf.function, kdfParameters),
    salt: bytes(kdfParameters.salt, 'the salt', { least: 1, most: 1024 }),
    derivedLength: whole(kdfParameters.dklen, 'dklen', { least: 32, most: 64 }),
    checksum: bytes(checksum.message, 'the checksum', { least: 32, most: 32 }),
    iv: bytes(fields(cipher.params, 'crypto.cipher.params').iv, 'the iv', { least: 16, most: 16 }),
    cipherText: bytes(cipher.message, 'the encrypted key', length),
  };
}

/** The EIP leaves it out when nobody wants to tell which key it is; some tools then write an empty text. */
function readKey(value: unknown): PublicKey | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const pubkey = typeof value === 'string' ? readPublicKey(value) : undefined;
  if (pubkey === undefined) throw new TypeError('pubkey is no compressed BLS public key');
  return pubkey;
}

function readDerivation(name: unknown, parameters: Fields): KeyDerivation {
  if (name === 'scrypt') return readScrypt(parameters);
  if (name !== 'pbkdf2') throw new TypeError('its key derivation is neither scrypt nor pbkdf2');
  if (parameters.prf !== 'hmac-sha256')
    throw new TypeError('its pbkdf2 uses another function than hmac-sha256');
  const iterations = whole(parameters.c, 'c', { least: 1, most: keystoreLimits.iterations });
  return { function: 'pbkdf2', iterations };
}

function readScrypt(parameters: Fields): KeyDerivation {
  const n = whole(parameters.n, 'n', { least: 2, most: keystoreLimits.scryptBytes / 128 });
  const r = whole(parameters.r, 'r', { least: 1, most: 1024 });
  const p = whole(parameters.p, 'p', { least: 1, most: keystoreLimits.scryptParallel });
  if ((n & (n - 1)) !== 0) throw new TypeError('n of its scrypt is no power of two');
  if (128 * n * r > keystoreLimits.scryptBytes)
    throw new TypeError('its scrypt asks for over 1 GiB of memory');
  return { function: 'scrypt', n, r, p };
}

function module(value: unknown, name: string, expected: string): Fields {
  const read = fields(value, name);
  if (read.function !== expected) throw new TypeError(`${name} is not ${expected}`);
  return read;
}

function fields(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${name} is no JSON object`);
  return value as Fields;
}

interface Range {
  readonly least: number;
  readonly most: number;
}

function whole(value: unknown, name: string, { least, most }: Range): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
    throw new TypeError(`${name} is not a whole number from ${least} to ${most}`);
  return value;
}

function bytes(value: unknown, name: string, { least, most }: Range): Uint8Array {
  const text = typeof value === 'string' ? value.replace(/^0x/, '') : '';
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) throw new TypeError(`${name} is no hex`);
  const read = Buffer.from(text, 'hex');
  if (read.length < least || read.length > most)
    throw new TypeError(
      `${name} has ${read.length} bytes where ${least === most ? least : `${least} to ${most}`} are expected`,
    );
  return new Uint8Array(read);
}
