/** A signature or a key that cannot be used; the message is the end of a sentence. */
export class OpenPgpRefusal extends Error {
  override readonly name = 'OpenPgpRefusal';
}

const block =
  /^-----BEGIN PGP SIGNATURE-----\r?\n(?:[^\r\n]+: [^\r\n]*\r?\n)*\r?\n([A-Za-z0-9+/=\r\n]+?)(?:\r?\n=[A-Za-z0-9+/]{4})?\r?\n-----END PGP SIGNATURE-----\s*$/;

/** The bytes of an armored signature (RFC 9580, 6.2). Its checksum is not looked at: the signature tells more. */
export function unarmored(text: string): Buffer {
  const [, base64] = block.exec(text) ?? [];
  if (base64 === undefined) throw new OpenPgpRefusal('it is no armored signature');
  return Buffer.from(base64, 'base64');
}

/** The body of the one packet that these bytes hold, which must have this tag (RFC 9580, 4.2). */
export function onlyPacket(bytes: Buffer, tag: number): Buffer {
  const first = bytes[0] ?? 0;
  if ((first & 0x80) === 0) throw new OpenPgpRefusal('it holds no packet');
  const isNew = (first & 0x40) !== 0;
  const actual = isNew ? first & 0x3f : (first >> 2) & 0x0f;
  if (actual !== tag) throw new OpenPgpRefusal('it holds something else than a signature');
  const { start, length } = isNew ? newLength(bytes) : oldLength(bytes, first & 3);
  if (length === undefined || bytes.length !== start + length)
    throw new OpenPgpRefusal('it holds more or less than one signature');
  return bytes.subarray(start);
}

/** The integers that these bytes are, with nothing after them (RFC 9580, 3.2). */
export function onlyIntegers(bytes: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const bits = bytes.length < at + 2 ? Number.POSITIVE_INFINITY : bytes.readUInt16BE(at);
    const end = at + 2 + Math.ceil(bits / 8);
    if (end > bytes.length) throw new OpenPgpRefusal('it is cut short');
    found.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return found;
}

interface Length {
  /** Where the body begins. */
  readonly start: number;
  /** Undefined for forms that no signature needs. */
  readonly length: number | undefined;
}

function oldLength(bytes: Buffer, kind: number): Length {
  const size = [1, 2, 4][kind];
  if (size === undefined || bytes.length < 1 + size) return { start: 1, length: undefined };
  return { start: 1 + size, length: bytes.readUIntBE(1, size) };
}

function newLength(bytes: Buffer): Length {
  const [, one = 0, two = 0] = bytes;
  if (one < 192) return { start: 2, length: one };
  return one < 224 ? { start: 3, length: ((one - 192) << 8) + two + 192 } : { start: 2, length: undefined };
}
