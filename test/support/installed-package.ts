import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const projectRoot = join(import.meta.dirname, '../..');

export interface InstalledPackage {
  /** The `ephemery` that was installed. */
  readonly program: string;
  /** What npm put into the tarball. */
  readonly packedFiles: readonly string[];
  /** The installed folder of the package. */
  readonly folder: string;
  /** An environment with an empty home and nothing of ours. */
  readonly env: Readonly<Record<string, string>>;
  /** An empty folder for the installed program's use. */
  readonly workFolder: string;
  remove(): Promise<void>;
}

/**
 * Packs the package as it is built and installs the tarball into an empty prefix, as somebody does who has never seen
 * the repository: an empty home, no install scripts, no dev dependencies. Only npm's download cache and the host's way to
 * its registry (proxies, certificates) are shared; the installed program gets none of these.
 */
export async function installPackage(): Promise<InstalledPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'ephemery-package-'));
  const prefix = await makeFolder(folder, 'prefix');
  const home = await makeFolder(folder, 'home');
  const workFolder = await makeFolder(folder, 'work');
  const env = { PATH: process.env.PATH ?? '', HOME: home };
  const packed = await run(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder, '--silent'],
    { cwd: projectRoot, maxBuffer: 16 * 1024 * 1024 },
  );
  const [tarball] = parsePackResult(packed.stdout);
  if (tarball === undefined) throw new Error(`npm pack said nothing: ${packed.stdout}`);
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--no-update-notifier'];
  await run('npm', ['install', '--prefix', prefix, ...quiet, join(folder, tarball.filename)], {
    cwd: workFolder,
    env: { ...env, ...(await registryAccess()) },
    maxBuffer: 16 * 1024 * 1024,
  });
  const installed = join(prefix, 'node_modules', 'ephemery-node');
  const { bin } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
    bin: { ephemery: string };
  };
  return {
    program: join(installed, bin.ephemery),
    packedFiles: tarball.files.map(({ path }) => path),
    folder: installed,
    env,
    workFolder,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * How this host reaches npm's registry. An empty home and a prefix of its own hide npm's user and global settings, and
 * behind a proxy or with certificates of its own a host then trusts nobody.
 */
async function registryAccess(): Promise<Record<string, string>> {
  const access: Record<string, string> = {};
  for (const name of ['cache', 'cafile', 'registry', 'proxy', 'https-proxy', 'noproxy']) {
    const { stdout } = await run('npm', ['config', 'get', name], { cwd: projectRoot });
    const value = stdout.trim();
    if (!['', 'null', 'undefined'].includes(value)) access[`npm_config_${name.replaceAll('-', '_')}`] = value;
  }
  const { NODE_EXTRA_CA_CERTS: certificates } = process.env;
  return certificates === undefined ? access : { ...access, NODE_EXTRA_CA_CERTS: certificates };
}

interface PackResult {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** A list, or with later versions of npm a record by package name. */
function parsePackResult(json: string): readonly PackResult[] {
  return Object.values(JSON.parse(json) as Record<string, PackResult>);
}

async function makeFolder(parent: string, name: string): Promise<string> {
  const path = join(parent, name);
  await mkdir(path);
  return path;
}
