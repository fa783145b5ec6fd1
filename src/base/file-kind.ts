/** What a downloaded file should be, by its first bytes. `any` is everything but a web page, which is told by its type. */
export type FileKind = 'gzip' | 'zip' | 'program' | 'any';

const beginnings: Readonly<Record<FileKind, readonly (readonly number[])[]>> = {
  gzip: [[0x1f, 0x8b]],
  zip: [[0x50, 0x4b, 0x03, 0x04]],
  // ELF; Mach-O of 64 bits and for several processors; a script.
  program: [
    [0x7f, 0x45, 0x4c, 0x46],
    [0xcf, 0xfa, 0xed, 0xfe],
    [0xca, 0xfe, 0xba, 0xbe],
    [0x23, 0x21],
  ],
  any: [[]],
};

/** Whether a file that begins with these bytes, as many as have come, may be of this kind. */
export function beginsAs(kind: FileKind, bytes: Uint8Array): boolean {
  return beginnings[kind].some((magic) =>
    magic.every((byte, index) => index >= bytes.length || bytes[index] === byte),
  );
}

export const kindWords: Readonly<Record<FileKind, string>> = {
  gzip: 'gzip archive',
  zip: 'zip archive',
  program: 'program',
  any: 'file',
};
