import type { Secret } from '../../base/secret.ts';
import type { ProvenKey } from '../../keys/workers/job.ts';
import { keyUseErrors } from './errors.ts';
import { type AfterBackup, type KeyPlace, type KeyServices, keySetStore } from './key-sets.ts';

export interface KeyWatch {
  readonly signal: AbortSignal;
  readonly onProgress: (doing: string) => void;
}

/** How such work waits for a backup that is at the keys, and says so. */
export function waiting({ signal, onProgress }: KeyWatch): Pick<AfterBackup<unknown>, 'signal' | 'onWait'> {
  return { signal, onWait: onProgress };
}

/**
 * The secret keys of some keys, each by the password that lies beside it or by the one that was given.
 * Throws EPH-KEYS-UNOPENED and the signal's reason.
 */
export async function openKeys(
  { paths }: KeyServices,
  { places, password }: { readonly places: readonly KeyPlace[]; readonly password?: Secret | undefined },
  { signal, onProgress }: KeyWatch,
): Promise<readonly ProvenKey[]> {
  const { doJobs } = await import('../../keys/workers/key-workers.ts');
  const store = keySetStore(paths);
  const jobs = await Promise.all(
    places.map(async ({ keySet, key }) => {
      const { keystore, password: stored } = await store.read(keySet, key);
      const passwords = [stored, password].flatMap((secret) => secret?.reveal() ?? []);
      return { kind: 'prove', file: `${key}.json`, keystore, passwords } as const;
    }),
  );
  const proofs = await doJobs(jobs, {
    signal,
    onDone: (done) => onProgress(`Opening keystores: ${done} of ${jobs.length}`),
  });
  return proofs.map((proof, index) => {
    const key = places[index]?.key ?? '';
    if (proof.outcome === 'broken')
      throw keyUseErrors.create('EPH-KEYS-UNOPENED', { key, problem: proof.problem });
    if (proof.outcome === 'wrong-password')
      throw keyUseErrors.create('EPH-KEYS-UNOPENED', { key, problem: 'no password that is known fits' });
    const found = proof.keys.find(({ pubkey }) => pubkey === key);
    if (found === undefined)
      throw keyUseErrors.create('EPH-KEYS-UNOPENED', { key, problem: 'it holds another key' });
    return found;
  });
}
