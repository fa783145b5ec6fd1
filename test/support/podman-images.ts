import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { InstalledProgram } from '../../src/runtimes/runtime.ts';
import type { Podman } from './podman.ts';

const toyPath = join(import.meta.dirname, 'toy-program.mjs');

/** Where the host's Node is in our images. */
export const nodeInside = '/usr/local/bin/node';

/** A root that holds nothing but this machine's Node, what it links to, and what `fill` adds. */
async function nodeRoot<T>(
  fill: (root: string) => Promise<void>,
  use: (root: string) => Promise<T>,
): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'ephemery-image-'));
  try {
    for (const folder of ['tmp', 'etc', 'proc', 'sys', 'dev', 'ephemery']) await mkdir(join(root, folder));
    await place(process.execPath, join(root, nodeInside));
    for (const library of await librariesOf(process.execPath)) await place(library, join(root, library));
    await fill(root);
    return await use(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ldd', [program]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
}

async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

/** The image of the toy program of the runtime tests; its digest. */
export function buildToyImage(podman: Podman, name = 'ephemery-toy:1'): Promise<string> {
  return nodeRoot(
    (root) => place(toyPath, join(root, basename(toyPath))),
    (root) => podman.importFolder(name, root),
  );
}

export function toyProgram(digest: string, script: object, ...more: readonly string[]): InstalledProgram {
  return {
    client: 'toy',
    version: '1',
    command: [nodeInside, `/${basename(toyPath)}`, JSON.stringify(script), ...more],
    image: { repository: 'localhost/ephemery-toy', digest },
  };
}
