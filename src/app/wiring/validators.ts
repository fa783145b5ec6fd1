import { unknown } from '../../base/answer.ts';
import type { FleetParts } from '../../operations/fleet/assemble.ts';

/**
 * Until a validator client is in the catalogue nobody has keys to guard: a configuration that names one is
 * refused. What asks nevertheless is told that nothing is known, which keeps every key still.
 */
export const keyProtection: FleetParts['validators'] = {
  guard: { quiet: async () => unknown('no validator client can be run yet') },
  mergeProtection: async (earlier) => {
    if (earlier.length > 0)
      throw new Error('protection of earlier validator clients cannot be carried over yet');
  },
};
