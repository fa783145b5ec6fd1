import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { InstalledProgram } from '../../src/runtimes/runtime.ts';
import type { ContainerEngine } from './container-engine.ts';
import { programOnPath } from './missing-program.ts';
import { lackOfPostgres, serverFolders } from './postgres.ts';
import { isDockerWished } from './start-engine.ts';

const toyPath = join(import.meta.dirname, 'toy-program.mjs');
const packageFolder = join(import.meta.dirname, '../..');

/** Where the host's Node is in our images. */
export const nodeInside = '/usr/local/bin/node';
const packageInside = '/opt/ephemery';

/** A root that holds nothing but this machine's Node, what it and these addons link to, and these files. */
async function withNodeRoot<T>(
  { files, addons }: { readonly files: readonly string[]; readonly addons: readonly string[] },
  use: (root: string) => Promise<T>,
): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'ephemery-image-'));
  try {
    // The root of a container has its mode, and not all containers run as root.
    await chmod(root, 0o755);
    for (const folder of ['tmp', 'etc', 'proc', 'sys', 'dev', 'ephemery']) await mkdir(join(root, folder));
    // Podman gives the /tmp of a container the mode that it has in the image.
    await chmod(join(root, 'tmp'), 0o1777);
    await place(process.execPath, join(root, nodeInside));
    const libraries = await Promise.all([process.execPath, ...addons].map(librariesOf));
    for (const library of new Set(libraries.flat())) await place(library, join(root, library));
    for (const file of files) await place(file, join(root, basename(file)));
    return await use(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Of addons for other machines there is nothing to be told. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ldd', [program]).catch(() => ({ stdout: '' }));
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
}

async function addonsOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(packageFolder, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.node')).map((name) => join(packageFolder, folder, name));
}

/** What gives PostgreSQL's user a name in the image of its publisher: Podman does so itself, Docker does not. */
const nameGiver = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64']
  .map((folder) => join(folder, 'libnss_wrapper.so'))
  .find(existsSync);

/** Why no image with PostgreSQL can be made here; undefined when one can. */
export function lackOfSignerImage(): string | undefined {
  if (isDockerWished() && nameGiver === undefined) return 'libnss_wrapper.so is not on this machine';
  return lackOfPostgres();
}

/** Where our image has a Web3Signer's migrations: in its own place. */
const migrationsInside = 'opt/web3signer/migrations/postgresql';

/**
 * An image with this machine's PostgreSQL, as its publisher's image finds it on the PATH, and the stand-ins for a
 * signer and its validator client.
 */
export async function buildSignerImage(engine: ContainerEngine, migrations: string): Promise<string> {
  const { bin, library, share } = serverFolders();
  const programs = ['sh', 'env', 'id'].map((name) => programOnPath(name) ?? name);
  const servers = ['initdb', 'postgres', 'psql'].map((name) => join(bin, name));
  const scripts = ['toy-web3signer.mjs', 'toy-signed-client.mjs'];
  const named = nameGiver === undefined ? [] : [nameGiver];
  const linking = [...programs, ...servers, ...named, join(library, 'plpgsql.so')];
  const linked = await Promise.all(linking.map(librariesOf));
  const files = scripts.map((name) => join(import.meta.dirname, name));
  return withNodeRoot({ files, addons: [] }, async (root) => {
    for (const file of new Set([...linked.flat(), ...named])) await place(file, join(root, file));
    for (const file of programs) await place(file, join(root, 'usr/bin', basename(file)));
    await symlink('usr/bin', join(root, 'bin'));
    for (const folder of [bin, library, share]) await mkdir(join(root, folder), { recursive: true });
    for (const file of servers) await place(file, join(root, file));
    for (const file of servers) await symlink(file, join(root, 'usr/bin', basename(file)));
    const needed = (path: string) => !/llvmjit|bitcode|locale$/.test(path);
    await cp(library, join(root, library), { recursive: true, filter: needed });
    await cp(share, join(root, share), { recursive: true, filter: needed, dereference: true });
    await cp(migrations, join(root, migrationsInside), { recursive: true });
    return engine.importPacked('ephemery-signer:1', ['-C', root, '.']);
  });
}

/** How a configuration names what is in that image. */
export const signerArtifacts = {
  signer: signerImage([nodeInside, '/toy-web3signer.mjs']),
  validator: signerImage([nodeInside, '/toy-signed-client.mjs']),
  database: signerImage(['/usr/bin/env']),
};

function signerImage(command: readonly string[]) {
  return { kind: 'image', image: 'localhost/ephemery-signer', tag: '1', command };
}

async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

/** The image of the toy program of the runtime tests; its digest. */
export function buildToyImage(engine: ContainerEngine, name = 'ephemery-toy:1'): Promise<string> {
  return withNodeRoot({ files: [toyPath], addons: [] }, (root) =>
    engine.importPacked(name, ['-C', root, '.']),
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

const clientsImage = 'localhost/ephemery-clients';

/** The image of this package as it is built, with EthereumJS and Mayfly; its digest. */
export async function buildClientsImage(engine: ContainerEngine): Promise<string> {
  const listing = await promisify(execFile)('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: packageFolder,
    maxBuffer: 16 * 1024 * 1024,
  }).catch((failed: { stdout: string }) => failed);
  const paths = listing.stdout.split('\n').map((path) => path.slice(packageFolder.length + 1));
  // What lies inside another package comes with it.
  const packages = paths.filter((path) => path.lastIndexOf('node_modules/') === 0);
  const inside = `--transform=s,^\\(dist\\|package.json\\|node_modules\\),${packageInside.slice(1)}/\\1,S`;
  const addons = (await Promise.all(packages.map(addonsOf))).flat();
  return withNodeRoot({ files: [], addons }, (root) =>
    engine.importPacked('ephemery-clients:1', [
      '-C',
      root,
      '.',
      '-C',
      packageFolder,
      inside,
      'dist',
      'package.json',
      ...new Set(packages),
    ]),
  );
}

/** How a configuration names the clients of that image. */
export const clientArtifacts = {
  ethereumjs: imageOf('node_modules/@ethereumjs/client/dist/esm/bin/cli.js', [
    '--import',
    `${packageInside}/dist/artifacts/preload/ethereumjs-params.js`,
  ]),
  mayfly: imageOf('dist/app/mayfly.js', []),
};

function imageOf(program: string, loadFirst: readonly string[]) {
  const command = [nodeInside, ...loadFirst, `${packageInside}/${program}`];
  return { kind: 'image', image: clientsImage, tag: '1', command };
}
