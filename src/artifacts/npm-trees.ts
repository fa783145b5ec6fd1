import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../base/atomic-files.ts';
import { makeFolders } from '../base/make-folders.ts';
import type { ChosenFrom, PinnedFrom } from './source.ts';

/** A client of a thousand packages takes a megabyte. */
const mostBytes = 16 * 1024 * 1024;

/** One entry of npm's lock (docs.npmjs.com, package-lock.json, `packages`). */
export interface NpmLockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
}

/**
 * What npm installed with each program of a lock file, in a folder beside it: npm's own locks. With one of them the
 * same dependencies are installed on any host, whatever was published since.
 */
export class NpmTrees {
  readonly folder: string;

  constructor(lockPath: string) {
    this.folder = `${lockPath}.d`;
  }

  /** npm's lock of a pinned program; undefined when it is not there, or not the one that was pinned. */
  async read(pin: PinnedFrom<'npm'>): Promise<string | undefined> {
    const path = join(this.folder, fileOf(pin));
    const bytes = await stat(path).then(
      ({ size }) => size,
      () => undefined,
    );
    if (bytes === undefined || bytes > mostBytes) return undefined;
    const text = await readFile(path, 'utf8');
    try {
      return treeOf(text) === pin.tree ? text : undefined;
    } catch {
      // Somebody else wrote it; what npm resolves anew is held against the pin all the same.
      return undefined;
    }
  }

  /** Keeps npm's lock of a program beside the lock file that pins it. */
  async keep(pin: PinnedFrom<'npm'>, text: string): Promise<void> {
    if ((await this.read(pin)) !== undefined) return;
    await makeFolders(this.folder, 0o755);
    await writeFileAtomic(join(this.folder, fileOf(pin)), withoutAddresses(text), { mode: 0o644 });
  }

  /** Removes those of programs that nobody pins any more. */
  async keepOnly(pins: readonly PinnedFrom<'npm'>[]): Promise<void> {
    const wanted = new Set(pins.map(fileOf));
    const names = await readdir(this.folder).catch(() => []);
    const left = names.filter((name) => ownFile.test(name) && !wanted.has(name));
    for (const name of left) await rm(join(this.folder, name), { force: true });
  }
}

/**
 * A hash over path, version and integrity of everything that npm's lock names, for every platform.
 * Throws SyntaxError or TypeError for what is no lock of npm.
 */
export function treeOf(text: string): string {
  const lines = Object.entries(entriesOf(text))
    .filter(([path]) => path !== '')
    .map(([path, entry]) => `${path} ${entry.version} ${entry.integrity}`)
    .sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** The packages of npm's lock by their folder. Throws SyntaxError or TypeError. */
export function entriesOf(text: string): Readonly<Record<string, NpmLockEntry>> {
  const { packages } = JSON.parse(text) as { packages?: Record<string, NpmLockEntry> };
  if (typeof packages !== 'object' || packages === null) throw new TypeError('it has no packages');
  return packages;
}

/** Where a package came from is a matter of the host: another one may ask a mirror. */
function withoutAddresses(text: string): string {
  const packages = Object.entries(entriesOf(text)).map(([path, { resolved: _, ...entry }]) => [path, entry]);
  return `${JSON.stringify({ ...JSON.parse(text), packages: Object.fromEntries(packages) }, undefined, 1)}\n`;
}

/** A scope's slash is no part of a file's name. */
export function npmName({ package: name, version }: ChosenFrom<'npm'> | PinnedFrom<'npm'>): string {
  return `${name.replace('/', '+')}@${version}`;
}

function fileOf(pin: PinnedFrom<'npm'>): string {
  return `${npmName(pin)}-${pin.tree.slice(0, 12)}.json`;
}

const ownFile = /-[0-9a-f]{12}\.json$/;
