import type { EffectiveConfig, Services } from '../services.ts';
import { keepSignerProtection } from './keep-signer-protection.ts';
import { type MadeBackup, type MakeBackup, makeBackup } from './make-backup.ts';
import { storesInUse } from './stores-in-use.ts';

export type BackUpServices = Pick<
  Services,
  'clock' | 'random' | 'host' | 'paths' | 'log' | 'openFleet' | 'clients' | 'runtimeIds' | 'runtime'
>;

/** Makes a backup of a root at work: signers tell first what they remember, and what a client writes into is not copied. */
export async function backUp(
  services: BackUpServices,
  request: Omit<MakeBackup, 'inUse' | 'behind'> & { readonly config: EffectiveConfig | undefined },
): Promise<MadeBackup> {
  const { config } = request;
  const behind = config === undefined ? [] : await keepSignerProtection(services, config);
  return makeBackup(services, { ...request, behind, inUse: () => storesInUse(services) });
}
