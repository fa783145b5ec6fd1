import { ArchiveRefusal } from '../../base/archive/archive-refusal.ts';
import { entryPath } from '../../base/archive/entry-path.ts';

/** A file of what is imported, in memory alone: what others encrypted is never unpacked onto a disk. */
export interface SourceFile {
  /** With `/`; of an archive within, after that one's path. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** A file that was not looked into. */
export interface PassedOver {
  readonly path: string;
  /** The end of a sentence. */
  readonly why: string;
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
  readonly passedOver: PassedOver[] = [];
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

  /** Counts bytes that came out of decompression, or would. */
  count(bytes: number): void {
    this.unpacked += bytes;
    if (this.unpacked > this.limits.unpackedBytes)
      throw new ArchiveRefusal(`it unpacks to more than ${this.limits.unpackedBytes} bytes`);
  }

  /** True for a file that is worth its memory, by its name and size; of any other it is kept why it is not. */
  wants(path: string, bytes: number): boolean {
    const why = this.whyNot(path, bytes);
    if (why !== undefined) this.passOver(path, why);
    return why === undefined;
  }

  passOver(path: string, why: string): void {
    this.passedOver.push({ path, why });
  }

  add(path: string, content: Uint8Array): void {
    if (!interesting.test(path) && !beginsAsJson(content)) {
      this.passOver(path, noInterest);
      return;
    }
    this.held += content.length;
    if (this.held > this.limits.heldBytes) throw new ArchiveRefusal('what it holds is too large together');
    this.files.push({ path, content });
  }

  private whyNot(path: string, bytes: number): string | undefined {
    if (protectionStore.test(path)) return unreadProtection;
    if (otherArchive.test(path)) return `an archive of another kind than ${archiveKinds}`;
    const isOfInterest = interesting.test(path);
    if (bytes > this.limits.fileBytes && isOfInterest)
      return `it has ${bytes} bytes, and no more than ${this.limits.fileBytes} are read`;
    if (isOfInterest && (bytes > 0 || /\.json$/i.test(path))) return undefined;
    if (bytes === 0) return 'it is empty';
    return bytes <= mostKeystoreBytes ? undefined : noInterest;
  }

  /** Gives an archive within back, to be read in its place. */
  release(content: Uint8Array): void {
    this.held -= content.length;
  }
}

/** Those that are read, in words. */
export const archiveKinds = 'zip, tar, tar.gz, tar.xz and tar.zst';

/** Keystores, passwords (which often have no ending), definitions, archives. */
const interesting = /(?:\.(?:json|txt|ya?ml|pass|password|zip|tar|tgz|gz|txz|xz|tzst|zst)|(?:^|\/)[^./]+)$/i;
/** Of Lighthouse, Nimbus and Prysm, and what SQLite keeps beside its database. */
const protectionStore = /(?:^|\/)(?:slashing_protection\.sqlite3?(?:-[a-z]+)?|validator\.db)$/i;
const otherArchive = /\.(?:bz2|tbz2?|7z|rar|lz4|lzma|br)$/i;
/** A file of any other name may be a keystore: it is looked into when it is no larger than one. */
const mostKeystoreBytes = 64 << 10;
const noInterest = 'neither a keystore nor a password, definition or archive';
const unreadProtection =
  'slashing protection in the form of a client, which is not read: have that client export it as EIP-3076, then give that file to `ephemery keys protect import`';

function beginsAsJson(content: Uint8Array): boolean {
  return /^\ufeff?\s*\{/.test(Buffer.from(content.subarray(0, 64)).toString('utf8'));
}
