import { spawnSync } from 'node:child_process';
import { constants, crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { tarEntry } from './tar-archive.ts';
import { zipOf } from './zip-archive.ts';

const end = Buffer.alloc(1024);

export function tarOf(...entries: readonly Buffer[]): Buffer {
  return Buffer.concat([...entries, end]);
}

/** A tar entry whose name is these very bytes. */
export function rawNamed(name: Buffer, content: string): Buffer {
  const entry = tarEntry({ path: 'x'.repeat(name.length) }, content);
  name.copy(entry, 0);
  // The header's checksum counts the field itself as blanks. Source: POSIX.1-1988, ustar.
  entry.fill(' ', 148, 156);
  const sum = entry.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  entry.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return entry;
}

export function packedBy(program: 'xz' | 'zstd', content: Buffer): Buffer {
  const { stdout, status } = spawnSync(program, ['-c', '-q'], { input: content, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${program} ended with ${status}`);
  return stdout;
}

/** Ten thousand million zeros in a tar.gz of some megabytes: one compressed piece, repeated, is the same zeros again. */
export function zerosTarGz(): Buffer {
  const bytes = 10_000_000_000;
  const piece = gzipSync(Buffer.alloc(100_000_000), { level: 9 });
  const header = tarEntry({ path: 'zeros.json', size: bytes });
  return Buffer.concat([gzipSync(header.subarray(0, 512)), ...Array.from({ length: 100 }, () => piece)]);
}

/** The same as one deflated file of a zip that says it has three bytes. */
export function zerosZip(): Buffer {
  const piece = deflateRawSync(Buffer.alloc(100_000_000), {
    level: 9,
    finishFlush: constants.Z_FULL_FLUSH,
  });
  const last = deflateRawSync(Buffer.alloc(1));
  const packed = Buffer.concat([...Array.from({ length: 100 }, () => piece), last]);
  return storedAs(packed, { name: 'zeros.json', bytes: 3 });
}

/** Archives in archives in archives, as 42.zip: sixteen at each level, and at the bottom what unpacks to a lot. */
export function nestedZips(levels: number): Buffer {
  if (levels === 0)
    return storedAs(deflateRawSync(Buffer.alloc(50_000_000)), { name: '0.json', bytes: 50_000_000 });
  const inner = nestedZips(levels - 1);
  return zipOf(...Array.from({ length: 16 }, (_, at) => ({ path: `lib ${at}.zip`, content: inner })));
}

/** A zip of one file, whose deflated bytes are given. */
function storedAs(packed: Buffer, { name, bytes }: { name: string; bytes: number }): Buffer {
  const whole = zipOf({ path: name, content: '', announced: { bytes, crc: crc32('') } });
  const empty = deflateRawSync(Buffer.alloc(0));
  const start = 30 + name.length;
  const local = Buffer.concat([whole.subarray(0, start), packed]);
  const central = Buffer.from(whole.subarray(start + empty.length));
  local.writeUInt32LE(packed.length, 18);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(local.length, central.length - 6);
  return Buffer.concat([local, central]);
}

/** Entries without number that all stand for one file. Source: APPNOTE.TXT of PKWARE, zip64. */
export function crowdedZip(entries: number): Buffer {
  const one = zipOf({ path: '0000000.json', content: '{}' });
  const local = one.subarray(0, 42 + deflateRawSync('{}').length);
  const central = one.subarray(local.length, one.length - 22);
  const directory = Buffer.alloc(central.length * entries);
  for (let at = 0; at < entries; at += 1) {
    central.copy(directory, at * central.length);
    directory.write(String(at).padStart(7, '0'), at * central.length + 46, 'latin1');
  }
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(directory.length), 40);
  record.writeBigUInt64LE(BigInt(local.length), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(local.length + directory.length), 8);
  locator.writeUInt32LE(1, 16);
  const last = Buffer.alloc(22, 0xff);
  last.writeUInt32LE(0x06054b50, 0);
  last.writeUInt32LE(0, 4);
  last.writeUInt16LE(0, 20);
  return Buffer.concat([local, directory, record, locator, last]);
}
