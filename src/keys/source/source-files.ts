import { ArchiveRefusal } from '../../base/archive/archive-refusal.ts';
import { entryPath } from '../../base/archive/entry-path.ts';

/** A file of what is imported, in memory alone: what others encrypted is never unpacked onto a disk. */
export interface SourceFile {
  /** With `/`; of an archive within, after that one's path. */
  readonly path: string;
  readonly content: Uint8Array;
}

export const sourceLimits = {
  /** Of the folder, or of an archive and those within together. */
  entries: 100_000,
  archiveBytes: 512 << 20,
  unpackedBytes: 1 << 30,
  /** A wallet of Prysm holds all its keys in one file; an archive within is held whole. */
  fileBytes: 64 << 20,
  heldBytes: 512 << 20,
  depth: 16,
} as const;

export type SourceLimits = { readonly [K in keyof typeof sourceLimits]: number };

/** Collects files within the limits. What breaks them throws ArchiveRefusal; files of no interest are counted and let go. */
export class SourceFiles {
  readonly files: SourceFile[] = [];
  private readonly limits: SourceLimits;
  private entries = 0;
  private unpacked = 0;
  private held = 0;

  constructor(limits: SourceLimits = sourceLimits) {
    this.limits = limits;
  }

  /** An entry is there; its clean path. */
  admit(raw: string): string {
    this.entries += 1;
    if (this.entries > this.limits.entries)
      throw new ArchiveRefusal(`it has more than ${this.limits.entries} entries`);
    // What was no UTF-8 was decoded to this: two names could become one, and nobody could find the file again.
    if (raw.includes('\u{fffd}'))
      throw new ArchiveRefusal(
        `${JSON.stringify(raw.slice(0, 100))} is a name in another encoding than UTF-8`,
      );
    const path = entryPath(raw, this.limits.depth);
    if ('problem' in path) throw new ArchiveRefusal(path.problem);
    return path.parts.join('/');
  }

  /** Counts bytes that came out of decompression. */
  count(bytes: number): void {
    this.unpacked += bytes;
    if (this.unpacked > this.limits.unpackedBytes)
      throw new ArchiveRefusal(`it unpacks to more than ${this.limits.unpackedBytes} bytes`);
  }

  /** True for a file that is worth its memory, by its name and size. */
  wants(path: string, bytes: number): boolean {
    return bytes <= this.limits.fileBytes && bytes > 0 && interesting.test(path);
  }

  add(path: string, content: Uint8Array): void {
    this.held += content.length;
    if (this.held > this.limits.heldBytes) throw new ArchiveRefusal('what it holds is too large together');
    this.files.push({ path, content });
  }

  /** Gives an archive within back, to be read in its place. */
  release(content: Uint8Array): void {
    this.held -= content.length;
  }
}

/** Keystores, passwords (which often have no ending), definitions, archives. */
const interesting = /(?:\.(?:json|txt|ya?ml|pass|password|zip|tar|tgz|gz|txz|xz|tzst|zst)|(?:^|\/)[^./]+)$/i;
