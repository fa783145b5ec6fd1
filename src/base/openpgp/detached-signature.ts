import { createHash, createVerify, verify } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { OpenPgpRefusal, onlyIntegers, onlyPacket, unarmored } from './packet.ts';
import { type KeyKind, keyKinds, type OpenPgpKey } from './public-key.ts';

/** A signature over the bytes of a file, by an Ed25519 or RSA key of version 4 (RFC 9580, 5.2.3). */
export interface DetachedSignature {
  readonly kind: KeyKind;
  readonly hash: string;
  /** What is hashed after the file. */
  readonly trailer: Buffer;
  /** Whose it says that it is: a fingerprint, or its last sixteen digits; upper case, absent where it does not say. */
  readonly issuer: string | undefined;
  readonly integers: readonly Buffer[];
}

const signatureTag = 2;
const ofBinaryFile = 0x00;
const kinds = Object.keys(keyKinds) as readonly KeyKind[];
const hashes: Readonly<Record<number, string>> = { 8: 'sha256', 9: 'sha384', 10: 'sha512' };
/** Subpackets that we know, or that change nothing: creation time, issuer, issuer's fingerprint. */
const understood = [2, 16, 33];
const issuerId = 16;
const issuerFingerprint = 33;

/** Reads an armored signature. Throws {@link OpenPgpRefusal}. */
export function readDetachedSignature(text: string): DetachedSignature {
  const body = onlyPacket(unarmored(text), signatureTag);
  const [version, type, algorithm, hashId = 0] = body;
  if (version !== 4) throw new OpenPgpRefusal(`it is a signature of version ${version}`);
  if (type !== ofBinaryFile) throw new OpenPgpRefusal('it is not over a file');
  const hash = hashes[hashId];
  const kind = kinds.find((one) => keyKinds[one].algorithm === algorithm);
  if (kind === undefined || hash === undefined)
    throw new OpenPgpRefusal(`it is made with algorithm ${algorithm} and hash ${hashId}`);
  const hashed = part(body, 4);
  const unhashed = part(body, hashed.end);
  const issuer = issuerOf([...subpackets(hashed.bytes), ...subpackets(unhashed.bytes)]);
  const covered = body.subarray(0, hashed.end);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(covered.length);
  // The left 16 bits of the digest come between: whoever checks the signature needs no hint.
  const integers = onlyIntegers(body.subarray(unhashed.end + 2));
  if (integers.length !== keyKinds[kind].integers)
    throw new OpenPgpRefusal('it holds more or less than one signature');
  return {
    kind,
    hash,
    trailer: Buffer.concat([covered, Buffer.from([0x04, 0xff]), length]),
    issuer,
    integers,
  };
}

/** Whether this key made the signature over this file. */
export async function isSignedBy(
  file: string,
  { kind, hash, trailer, integers }: DetachedSignature,
  { kind: keyKind, key, integerBytes }: OpenPgpKey,
): Promise<boolean> {
  if (kind !== keyKind || integers.some(({ length }) => length > integerBytes)) return false;
  // OpenPGP writes integers without the zeros before them.
  const signature = Buffer.concat(
    integers.map((integer) => Buffer.concat([Buffer.alloc(integerBytes - integer.length), integer])),
  );
  const read = async <T extends { update(bytes: Buffer): unknown }>(into: T): Promise<T> => {
    for await (const chunk of createReadStream(file)) into.update(chunk as Buffer);
    into.update(trailer);
    return into;
  };
  if (kind === 'rsa') return (await read(createVerify(hash))).verify(key, signature);
  return verify(null, (await read(createHash(hash))).digest(), key, signature);
}

/** Bytes after a length of two bytes. */
function part(body: Buffer, at: number): { readonly bytes: Buffer; readonly end: number } {
  const end = body.length < at + 2 ? Number.POSITIVE_INFINITY : at + 2 + body.readUInt16BE(at);
  if (end > body.length) throw new OpenPgpRefusal('it is cut short');
  return { bytes: body.subarray(at + 2, end), end };
}

interface Subpacket {
  readonly type: number;
  readonly data: Buffer;
}

function subpackets(bytes: Buffer): readonly Subpacket[] {
  const found: Subpacket[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at] ?? 0;
    const end = at + 1 + length;
    if (length === 0 || length >= 192 || end > bytes.length)
      throw new OpenPgpRefusal('its subpackets cannot be read');
    const type = bytes[at + 1] ?? 0;
    if ((type & 0x80) !== 0 && !understood.includes(type & 0x7f))
      throw new OpenPgpRefusal(`it has a condition that is not known here (${type & 0x7f})`);
    found.push({ type: type & 0x7f, data: bytes.subarray(at + 2, end) });
    at = end;
  }
  return found;
}

/** The fingerprint where there is one, and else the key's id. */
function issuerOf(all: readonly Subpacket[]): string | undefined {
  const byFingerprint = all.find(({ type, data }) => type === issuerFingerprint && data.length === 21);
  const byId = all.find(({ type, data }) => type === issuerId && data.length === 8);
  const found = byFingerprint?.data.subarray(1) ?? byId?.data;
  return found?.toString('hex').toUpperCase();
}
