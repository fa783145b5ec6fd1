import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly path: string;
  readonly content?: string | Buffer;
  /** Unix file mode with its type; a plain file unless told. */
  readonly mode?: number;
  /** What the entry says of its content, where it should lie. */
  readonly announced?: { readonly bytes?: number; readonly crc?: number };
  readonly flags?: number;
}

/** A zip archive, without the care that a packer takes: paths, sizes and checksums are what the entries say. */
export function zipOf(...entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.path);
    const content = Buffer.from(entry.content ?? '');
    const packed = deflateRawSync(content);
    const fields = fieldsOf(entry, { content, packed, name });
    const local = Buffer.concat([signature(0x04034b50), fields, name, packed]);
    central.push(centralOf(entry, { fields, name, offset }));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** What local and central headers have in common, from "version needed" on. */
function fieldsOf(
  { announced, flags }: ZipEntry,
  { content, packed, name }: { content: Buffer; packed: Buffer; name: Buffer },
): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(flags ?? 0x800, 2);
  fields.writeUInt16LE(8, 4);
  fields.writeUInt32LE(announced?.crc ?? crc32(content), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(announced?.bytes ?? content.length, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}

function centralOf(
  { mode = 0o100644 }: ZipEntry,
  { fields, name, offset }: { fields: Buffer; name: Buffer; offset: number },
): Buffer {
  const madeBy = Buffer.from([20, 3]);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE((mode << 16) >>> 0, 6);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([signature(0x02014b50), madeBy, fields, rest, name]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
