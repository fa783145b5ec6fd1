import { unknown } from '../../base/answer.ts';
import type { FleetParts } from '../../operations/fleet/assemble.ts';
import { nodeErrors } from '../../operations/node/errors.ts';

/**
 * Until a validator client is in the catalogue nobody has keys to guard: a configuration that names one is
 * refused. What asks nevertheless is told that nothing is known, which keeps every key still.
 */
export const keyProtection: FleetParts['validators'] = {
  guard: { quiet: async () => unknown('no validator client can be run yet') },
  mergeProtection: async (earlier, into) => {
    const from = earlier.map((store) => `${store.client}-${store.number}`).join(', ');
    if (earlier.length > 0) throw nodeErrors.create('EPH-NODE-PROTECTION-UNMERGED', { from, to: into });
  },
};
