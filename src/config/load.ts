import { readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { configLimits } from './document.ts';
import { configErrors } from './errors.ts';
import { type ParsedConfig, parseConfig } from './parse.ts';

export const configFileName = 'ephemery.yaml';

export interface ConfigPlaces {
  /** What --config said, if it was given. */
  readonly given?: string | undefined;
  readonly workingDirectory: string;
  readonly root: string;
}

export interface LoadedConfig extends ParsedConfig {
  /** The real path of the file. */
  readonly path: string;
}

/**
 * Where the configuration is: --config, else ./ephemery.yaml, else in the root; undefined when none is there.
 * Throws EPH-CONFIG-NOT-FOUND when the one that was given does not exist.
 */
export async function findConfig(places: ConfigPlaces): Promise<string | undefined> {
  if (places.given !== undefined) {
    const file = resolve(places.workingDirectory, places.given);
    if (!(await exists(file))) throw configErrors.create('EPH-CONFIG-NOT-FOUND', { file });
    return realpath(file);
  }
  for (const file of usualPlaces(places)) if (await exists(file)) return realpath(file);
  return undefined;
}

/** The places that are looked at when none is given. */
export function usualPlaces({ workingDirectory, root }: ConfigPlaces): readonly string[] {
  return [join(workingDirectory, configFileName), join(root, configFileName)];
}

/** Reads one file. Throws EPH-CONFIG-UNREADABLE, and what `parseConfig` throws. */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  return { ...parseConfig(await readConfigText(file), file), path: file };
}

/** The text of a regular file of at most the allowed size, as strict UTF-8. */
export async function readConfigText(file: string): Promise<string> {
  const facts = await stat(file).catch((cause: unknown) => {
    throw configErrors.create('EPH-CONFIG-UNREADABLE', { file, reason: messageOf(cause) }, cause);
  });
  if (!facts.isFile()) {
    throw configErrors.create('EPH-CONFIG-UNREADABLE', { file, reason: 'it is not a regular file' });
  }
  if (facts.size > configLimits.bytes) {
    throw configErrors.create('EPH-CONFIG-TOO-LARGE', { file, limit: `${configLimits.bytes / 1024} KiB` });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    throw configErrors.create('EPH-CONFIG-UNREADABLE', { file, reason: messageOf(cause) }, cause);
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    (cause: NodeJS.ErrnoException) => cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR',
  );
}
