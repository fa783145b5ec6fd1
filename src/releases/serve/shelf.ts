import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { joinInside } from '../../base/atomic-files.ts';
import { bundleFiles } from '../../core/network/bundle.ts';
import { flatNameOf } from '../archive/layout.ts';

export interface ShelfFile {
  readonly path: string;
  readonly bytes: number;
  /** Names this version of the file. */
  readonly etag: string;
}

/**
 * The releases that a releaser has: one folder each, named after its tag, read anew with every request, and
 * those added one at a time. A folder holds the archives, and the files in the network-config layout.
 */
export class Shelf {
  private readonly folder: string | undefined;
  private readonly added = new Map<string, string>();

  constructor(folder?: string) {
    this.folder = folder;
  }

  add(tag: string, folder: string): void {
    this.added.set(tag, folder);
  }

  /** All tags with a number at their end, the highest first. */
  async tags(): Promise<readonly string[]> {
    const entries =
      this.folder === undefined ? [] : await readdir(this.folder, { withFileTypes: true }).catch(() => []);
    const inFolder = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const named = [...new Set([...inFolder, ...this.added.keys()])].filter((tag) => numberOf(tag) >= 0);
    return named.sort((a, b) => numberOf(b) - numberOf(a));
  }

  /** A published asset: an archive, or one of the single files. Undefined when the release has none of the name. */
  async asset(tag: string, name: string): Promise<ShelfFile | undefined> {
    const paths = Object.values(bundleFiles).filter((path) => flatNameOf(path) === name);
    return this.firstOf(tag, [name, ...paths]);
  }

  /** A file of a mirror, by its path in the network-config layout or by its flat name. */
  async mirrored(tag: string, path: string): Promise<ShelfFile | undefined> {
    return path.includes('/') ? this.firstOf(tag, [path]) : this.asset(tag, path);
  }

  private async firstOf(tag: string, paths: readonly string[]): Promise<ShelfFile | undefined> {
    const folder = await this.folderOf(tag);
    for (const relative of folder === undefined ? [] : paths) {
      const path = joinInside(folder ?? '', relative);
      const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
      if (path === undefined || found?.isFile() !== true) continue;
      return {
        path,
        bytes: found.size,
        etag: `"${found.size.toString(16)}-${Math.round(found.mtimeMs).toString(16)}"`,
      };
    }
    return undefined;
  }

  private async folderOf(tag: string): Promise<string | undefined> {
    const added = this.added.get(tag);
    if (added !== undefined) return added;
    if (this.folder === undefined || !(await this.tags()).includes(tag)) return undefined;
    return join(this.folder, tag);
  }
}

/** The number at the end of a tag, -1 without one. */
function numberOf(tag: string): number {
  const digits = /(\d{1,9})$/.exec(tag)?.[1];
  return digits === undefined ? -1 : Number(digits);
}
