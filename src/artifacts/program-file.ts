import { stat } from 'node:fs/promises';
import { joinInside } from '../base/atomic-files.ts';
import { artifactErrors } from './errors.ts';

/** The path itself, when a file is there. Throws EPH-ARTIFACT-PROGRAM-MISSING. */
export async function mustBeFile(client: string, path: string): Promise<string> {
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (isFile) return path;
  throw missing(client, path);
}

/** The file of this name in a folder. Throws EPH-ARTIFACT-PROGRAM-MISSING, also when the name leads out of it. */
export async function fileInside(client: string, folder: string, name: string): Promise<string> {
  const path = joinInside(folder, name);
  if (path === undefined) throw missing(client, name);
  return mustBeFile(client, path);
}

function missing(client: string, path: string): Error {
  return artifactErrors.create('EPH-ARTIFACT-PROGRAM-MISSING', { client, path });
}
