import { unknown } from '../../base/answer.ts';
import type { FleetParts } from '../../operations/fleet/assemble.ts';
import { carryProtection } from '../../operations/validators/carry-protection.ts';

/** What guards the keys of each node. */
export const validators: FleetParts['validators'] = (parts) => ({
  guard: { quiet: async () => unknown('no validator client can be run yet') },
  carryProtection: (request) => carryProtection(parts, request),
});

/** For a node that is to have no validator client: whoever asks nevertheless is told that nothing is known. */
export const noValidators: ReturnType<FleetParts['validators']> = {
  guard: { quiet: async () => unknown('this node has no validator client') },
  carryProtection: async () => undefined,
};
