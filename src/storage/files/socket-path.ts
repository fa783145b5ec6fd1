import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureFolder } from '../../base/atomic-files.ts';
import { messageOf } from '../../base/errors.ts';
import { rootErrors } from './errors.ts';
import type { RootPaths } from './root-paths.ts';

/** sun_path holds 108 bytes on Linux and 104 on macOS, with the final zero. */
const longestSocketPathBytes = 100;

/** Where the control socket of a root is; the same for whoever asks. */
export function socketPath({ run, root }: RootPaths): string {
  const usual = join(run, 'control.sock');
  if (Buffer.byteLength(usual) <= longestSocketPathBytes) return usual;
  const hash = createHash('sha256').update(root).digest('hex').slice(0, 16);
  return join(shortFolder(), `${hash}.sock`);
}

/**
 * Makes the folder of a socket that lies outside the root and makes sure that only we can write there.
 * Throws EPH-ROOT-SOCKET-FOLDER: in a shared folder somebody else may have made it first.
 */
export async function ensureSocketFolder(path: string): Promise<void> {
  const folder = shortFolder();
  if (!path.startsWith(`${folder}/`)) return;
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unsafe(folder, messageOf(cause));
  }
  const facts = await lstat(folder);
  if (!facts.isDirectory()) throw unsafe(folder, 'it is not a folder');
  if (facts.uid !== process.getuid?.()) throw unsafe(folder, 'it belongs to another user');
  if ((facts.mode & 0o077) !== 0) throw unsafe(folder, 'others may enter it');
}

/**
 * Makes a folder for the socket of a program: this one, or a short one elsewhere when its path leaves no room for the
 * socket's name. Throws EPH-ROOT-SOCKET-FOLDER.
 */
export async function ensureShortFolder(folder: string): Promise<string> {
  // PostgreSQL's: /.s.PGSQL.65535
  if (Buffer.byteLength(folder) <= longestSocketPathBytes - 16) return ensureFolder(folder);
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const short = join(shortFolder(), hash);
  await ensureSocketFolder(short);
  return ensureFolder(short);
}

function shortFolder(): string {
  return join(tmpdir(), `ephemery-${process.getuid?.() ?? 0}`);
}

function unsafe(folder: string, reason: string) {
  return rootErrors.create('EPH-ROOT-SOCKET-FOLDER', { folder, reason });
}
