import { type FileHandle, open, realpath, symlink } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { makeFolders } from '../make-folders.ts';
import { ArchiveRefusal } from './archive-refusal.ts';
import { entryPath, foldedPath } from './entry-path.ts';
import type { ArchiveLimits } from './limits.ts';

export interface UnpackOptions {
  readonly limits: ArchiveLimits;
  readonly signal?: AbortSignal;
  /** `inside`: symbolic links to what lies in the archive itself are made; `refuse` unless told. */
  readonly links?: 'refuse' | 'inside';
  /** Files that the archive marks as executable become so; otherwise none does. */
  readonly executables?: boolean;
}

/** An entry as the archive's own format tells of it. */
export interface ArchiveEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** What it is, in the archive's words, for a refusal. */
  readonly type: string;
  readonly bytes: number;
  readonly executable: boolean;
  /** Of a link: where it leads. */
  readonly target?: string;
}

/** A file that may be written. */
export interface AdmittedFile {
  readonly path: string;
  readonly mode: number;
}

/**
 * The empty folder that an archive is unpacked into, under rules that hold for every format: only plain files and
 * folders (and links that stay, where asked for), with our own permissions, inside the folder, within the limits,
 * each name once. What breaks them throws ArchiveRefusal.
 */
export class UnpackFolder {
  entries = 0;
  private readonly folder: string;
  private readonly options: UnpackOptions;
  private readonly seen = new Set<string>();
  private readonly madeFolders = new Set<string>();
  private readonly links: { readonly parts: readonly string[]; readonly target: string }[] = [];
  private streamBytes = 0;
  private contentBytes = 0;

  constructor(folder: string, options: UnpackOptions) {
    this.folder = folder;
    this.options = options;
  }

  /** Counts bytes that came out of decompression. */
  count(bytes: number): void {
    const { unpackedBytes } = this.options.limits;
    this.streamBytes += bytes;
    if (this.streamBytes > unpackedBytes)
      throw new ArchiveRefusal(`it unpacks to more than ${unpackedBytes} bytes`);
  }

  /** The file to write for an entry; undefined when it has no content of its own. */
  admit(entry: ArchiveEntry): AdmittedFile | undefined {
    const { limits } = this.options;
    if (++this.entries > limits.entries)
      throw new ArchiveRefusal(`it has more than ${limits.entries} entries`);
    const path = entryPath(entry.path, limits.depth);
    if ('problem' in path) throw new ArchiveRefusal(path.problem);
    if (entry.kind === 'folder') return undefined;
    const isLink = entry.kind === 'link' && this.options.links === 'inside';
    if (entry.kind !== 'file' && !isLink)
      throw new ArchiveRefusal(`${JSON.stringify(entry.path)} is a ${entry.type}, not a file`);
    this.countEntry(entry, path.parts);
    if (isLink) {
      this.links.push({ parts: path.parts, target: entry.target ?? '' });
      return undefined;
    }
    const executable = this.options.executables === true && entry.executable;
    return { path: join(this.folder, ...path.parts), mode: executable ? 0o755 : 0o644 };
  }

  async open({ path, mode }: AdmittedFile): Promise<FileHandle> {
    await this.makeFolder(dirname(path));
    return open(path, 'wx', mode);
  }

  /** Makes the links once all files are there, so that nothing is ever written through one. */
  async finish(): Promise<void> {
    if (this.entries === 0) throw new ArchiveRefusal('it is cut short or empty');
    for (const { parts, target } of this.links) {
      const shown = JSON.stringify(parts.join('/'));
      const leads = posix.normalize(posix.join(...parts.slice(0, -1), target));
      const bad = target === '' || target.startsWith('/') || 'problem' in entryPath(leads);
      if (bad || /[\p{Cc}\\]/u.test(target))
        throw new ArchiveRefusal(`${shown} is a link that leads out of it`);
      const path = join(this.folder, ...parts);
      await this.makeFolder(dirname(path));
      await symlink(target, path);
    }
    for (const { parts } of this.links) await this.mustStayInside(parts);
  }

  private async mustStayInside(parts: readonly string[]): Promise<void> {
    const root = await realpath(this.folder);
    const real = await realpath(join(this.folder, ...parts)).catch(() => undefined);
    if (real?.startsWith(`${root}/`) === true) return;
    throw new ArchiveRefusal(`${JSON.stringify(parts.join('/'))} is a link to nothing in it`);
  }

  private countEntry(entry: ArchiveEntry, parts: readonly string[]): void {
    const { limits } = this.options;
    const folded = foldedPath(parts);
    if (parts.length === 0) throw new ArchiveRefusal('a file has no name');
    if (this.seen.has(folded)) throw new ArchiveRefusal(`${JSON.stringify(entry.path)} is in it twice`);
    this.seen.add(folded);
    this.contentBytes += entry.bytes;
    const tooLarge = entry.bytes > limits.fileBytes || this.contentBytes > limits.unpackedBytes;
    if (tooLarge) throw new ArchiveRefusal(`${JSON.stringify(entry.path)} makes it too large`);
  }

  private async makeFolder(path: string): Promise<void> {
    if (!this.madeFolders.has(path)) await makeFolders(path, 0o755);
    this.madeFolders.add(path);
  }
}
