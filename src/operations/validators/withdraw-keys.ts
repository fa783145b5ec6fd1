import { keyPlacesOf } from '../../core/clients/key-places.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import type { Services } from '../services.ts';

/**
 * Takes the copies of keys out of every place where a signer of this node would look for them, its client or signer
 * being down: what somebody starts there by hand has none to sign with. The next start of the node puts back what is its
 * own. Keys that no key set has are put aside.
 */
export async function withdrawKeys(
  { paths, clients, log }: Pick<Services, 'paths' | 'clients' | 'log'>,
  node: string,
): Promise<void> {
  const found = await new FileNodeStore(paths, node).withdrawKeys({ places: keyPlacesOf(clients) });
  for (const folder of found) log.warn('keys that no key set has were put aside', { node, folder });
}

/**
 * Whether a validator client or a signer of the node runs; unknown where a runtime does not answer, which on a host
 * without one it never does.
 */
export async function signersOf(
  services: Pick<Services, 'runtimeIds' | 'runtime'>,
  node: string,
): Promise<'running' | 'none' | 'unknown'> {
  const units = [unitName(node, 'validator'), unitName(node, 'signer')];
  const answers = await Promise.all(
    services.runtimeIds
      .flatMap((id) =>
        units.map(async (unit) => {
          const handle = await (await services.runtime(id)).recover(unit);
          return handle === undefined ? 'none' : 'running';
        }),
      )
      .map((each) => each.catch(() => 'unknown' as const)),
  );
  return answers.find((each) => each === 'running') ?? answers.find((each) => each === 'unknown') ?? 'none';
}
