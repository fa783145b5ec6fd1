import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { artifactErrors } from './errors.ts';

export const ownName = 'ephemery-node';

export interface PackageFolder {
  readonly folder: string;
  readonly version: string;
}

/** The folder of this package, whether it runs from its sources or as built. */
export async function ownPackage(from: string = import.meta.dirname): Promise<PackageFolder> {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = await manifestIn(folder);
    if (manifest?.name === ownName) return { folder, version: manifest.version };
    if (dirname(folder) === folder) {
      throw artifactErrors.create('EPH-ARTIFACT-PROGRAM-MISSING', { client: ownName, path: from });
    }
  }
}

/** The folder of a dependency of this package, as Node itself would find it; undefined when it is not installed. */
export async function dependency(name: string, own: PackageFolder): Promise<PackageFolder | undefined> {
  const lookUp = createRequire(join(own.folder, 'package.json')).resolve.paths(name) ?? [];
  for (const modules of lookUp) {
    const folder = join(modules, name);
    const manifest = await manifestIn(folder);
    if (manifest?.name === name) return { folder, version: manifest.version };
  }
  return undefined;
}

async function manifestIn(
  folder: string,
): Promise<{ readonly name: string; readonly version: string } | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}
