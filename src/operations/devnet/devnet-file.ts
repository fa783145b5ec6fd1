import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { messageOf } from '../../base/errors.ts';
import { type RootPaths, rootPaths } from '../../storage/files/root-paths.ts';
import type { DevnetSettings } from './devnet-settings.ts';
import { devnetErrors } from './errors.ts';

/** Where a devnet keeps its settings, releases and own node: a folder under the root's `devnets/`. */
export function devnetFolder(root: string, name: string): string {
  return join(root, 'devnets', name);
}

/** The root of a devnet's own node, with its lock, journal and records of what runs. */
export function producerPaths(folder: string): RootPaths {
  return rootPaths(join(folder, 'producer'));
}

/** Where users put files with validators for the next genesis, in the public repository's form. */
export function genesisValidatorsFolder(folder: string): string {
  return join(folder, 'genesis-validators');
}

/** The settings of an existing devnet; undefined when there is none. Throws EPH-DEVNET-SETTINGS-UNREADABLE. */
export async function readDevnetSettings(folder: string): Promise<DevnetSettings | undefined> {
  const path = join(folder, 'devnet.json');
  try {
    const { parseDevnetSettings } = await import('./devnet-schema.ts');
    return parseDevnetSettings(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw devnetErrors.create('EPH-DEVNET-SETTINGS-UNREADABLE', { path, reason: messageOf(cause) }, cause);
  }
}

export async function writeDevnetSettings(folder: string, settings: DevnetSettings): Promise<void> {
  await ensureFolder(folder);
  await writeFileAtomic(join(folder, 'devnet.json'), `${JSON.stringify(settings, undefined, 2)}\n`);
}

/** Settings that a person may ask for when a devnet is made; they cannot change afterwards. */
export type DevnetAsked = Partial<
  Pick<
    DevnetSettings,
    'seed' | 'validators' | 'slotSeconds' | 'periodSeconds' | 'genesisDelaySeconds' | 'lastFork'
  >
>;

/** As people give them. */
export const devnetOptions: Readonly<Record<keyof DevnetAsked, string>> = {
  slotSeconds: '--slot',
  periodSeconds: '--period',
  validators: '--validators',
  seed: '--seed',
  genesisDelaySeconds: 'genesisDelay',
  lastFork: 'lastFork',
};

/** Throws EPH-DEVNET-SETTINGS-DIFFER when an existing devnet is not what is asked for. */
export function requireSameSettings(existing: DevnetSettings, asked: DevnetAsked): void {
  for (const [setting, value] of Object.entries(asked)) {
    const has = existing[setting as keyof DevnetAsked];
    if (value === undefined || value === has) continue;
    const facts = {
      name: existing.name,
      option: devnetOptions[setting as keyof DevnetAsked],
      has: settingText(setting, has),
      asked: settingText(setting, value),
    };
    throw devnetErrors.create('EPH-DEVNET-SETTINGS-DIFFER', facts);
  }
}

function settingText(setting: string, value: unknown): string {
  return setting.endsWith('Seconds') ? `${String(value)}s` : String(value);
}
