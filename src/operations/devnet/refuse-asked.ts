import type { EffectiveConfig, Services } from '../services.ts';
import { devnetsOf } from '../supervisor/make-devnets.ts';
import {
  type DevnetAsked,
  devnetFolder,
  devnetOptions,
  readDevnetSettings,
  requireSameSettings,
} from './devnet-file.ts';
import { devnetErrors } from './errors.ts';

/**
 * Settings of a local network that nobody would take are refused rather than left out. Throws EPH-DEVNET-NOT-MEANT where
 * no node belongs to one, EPH-DEVNET-SETTINGS-DIFFER where it was made with others.
 */
export async function refuseAsked(
  { paths }: Pick<Services, 'paths'>,
  { id, config }: EffectiveConfig,
  asked: DevnetAsked,
): Promise<void> {
  const names = devnetsOf(config);
  if (names.length === 0) refuseWhereNone(id, asked);
  for (const name of names) {
    const settings = await readDevnetSettings(devnetFolder(paths.root, name));
    if (settings !== undefined) requireSameSettings(settings, asked);
  }
}

/** The same where it is known that there is no local network. Throws EPH-DEVNET-NOT-MEANT. */
export function refuseWhereNone(config: string, asked: DevnetAsked): void {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  const options = given.map(([setting]) => devnetOptions[setting as keyof DevnetAsked]);
  if (options.length > 0) throw devnetErrors.create('EPH-DEVNET-NOT-MEANT', { options, config });
}
