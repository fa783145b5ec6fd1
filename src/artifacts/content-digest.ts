import { createHash } from 'node:crypto';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSha256 } from '../base/file-sha256.ts';

/** One file of an installed program, as it was when it was installed. */
export interface ContentFile {
  readonly path: string;
  readonly bytes: number;
  /** Of its content; of a link, of where it leads. */
  readonly sha256: string;
  readonly kind: 'file' | 'executable' | 'link';
}

/** Every file in a folder, sorted by path. */
export async function contentOf(folder: string): Promise<readonly ContentFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: ContentFile[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const full = join(entry.parentPath, entry.name);
    files.push(await described(full, full.slice(folder.length + 1)));
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function described(full: string, path: string): Promise<ContentFile> {
  const { size, mode } = await lstat(full);
  if ((mode & 0o170000) === 0o120000) {
    const sha256 = createHash('sha256')
      .update(await readlink(full))
      .digest('hex');
    return { path, bytes: size, sha256, kind: 'link' };
  }
  const kind = (mode & 0o100) === 0 ? 'file' : 'executable';
  return { path, bytes: size, sha256: await fileSha256(full), kind };
}

/** One hash over all of them. */
export function digestOf(files: readonly ContentFile[]): string {
  const lines = files.map(({ kind, sha256, path }) => `${kind} ${sha256} ${path}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}
