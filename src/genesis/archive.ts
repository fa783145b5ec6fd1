import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);
const blockBytes = 512;

/** Files by their path, with forward slashes. */
export type FileSet = ReadonlyMap<string, Uint8Array>;

/**
 * A .tar.gz whose bytes depend on paths, contents and the time alone: entries in byte order, everything
 * owned by root, mode 0644, one modification time.
 */
export async function packArchive(files: FileSet, modifiedSeconds: number): Promise<Uint8Array> {
  const { Header } = await import('tar');
  const blocks: Uint8Array[] = [];
  const add = (path: string, type: 'File' | 'Directory', content: Uint8Array) => {
    const mode = type === 'File' ? 0o644 : 0o755;
    const mtime = new Date(modifiedSeconds * 1000);
    const header = Buffer.alloc(blockBytes);
    new Header({ path, type, mode, uid: 0, gid: 0, size: content.length, mtime }).encode(header, 0);
    blocks.push(header, content, new Uint8Array(padding(content.length)));
  };
  const paths = [...files.keys()].sort();
  const folders = new Set(paths.filter((path) => path.includes('/')).map((path) => `${path.split('/')[0]}/`));
  for (const folder of folders) add(folder, 'Directory', new Uint8Array());
  for (const path of paths) add(path, 'File', files.get(path) ?? new Uint8Array());
  blocks.push(new Uint8Array(2 * blockBytes));
  return await compress(Buffer.concat(blocks), { level: 6 });
}

function padding(length: number): number {
  return (blockBytes - (length % blockBytes)) % blockBytes;
}
