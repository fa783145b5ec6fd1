import { aggregatePublicKeys, PublicKey } from '@chainsafe/blst';
import type { altair } from '@lodestar/types';
import { messageOf } from '../../base/errors.ts';
import type { GenesisValidator } from '../../core/network/validators-file.ts';
import { validatorsFileErrors } from '../../core/network/validators-file-errors.ts';
import type { Weighing } from './candidates.ts';
import { weighedCandidates } from './candidates.ts';
import type { GenesisContext } from './genesis-state.ts';
import { genesisSeed } from './shuffle.ts';
import type { ValidatorRegistry } from './validator-registry.ts';

const committeeSize = 512;
/** The first byte of DOMAIN_SYNC_COMMITTEE. */
const domainSyncCommittee = 7;

/**
 * The committee of the first two periods, with the sum of its keys. This is the one place where a genesis
 * reads public keys as points: the 512 keys are checked to be valid and in the subgroup, as the public
 * generator does; all others are checked for their form only. Throws EPH-VALIDATORS-PUBKEY.
 */
export function genesisSyncCommittee(
  context: GenesisContext,
  registry: ValidatorRegistry,
  weighing: Weighing,
): altair.SyncCommittee {
  const seed = genesisSeed(domainSyncCommittee, 0, context.executionBlock.hash);
  const indices: number[] = [];
  for (const index of weighedCandidates(seed, registry, weighing)) {
    indices.push(index);
    if (indices.length === committeeSize) break;
  }
  const members = indices.flatMap((index) => context.validators[index] ?? []);
  const points = new Map(members.map((member) => [member, readPublicKey(member)]));
  return {
    pubkeys: members.map(({ pubkey }) => pubkey),
    aggregatePubkey: aggregatePublicKeys(members.flatMap((member) => points.get(member) ?? [])).toBytes(),
  };
}

function readPublicKey(validator: GenesisValidator): PublicKey {
  try {
    return PublicKey.fromBytes(validator.pubkey, true);
  } catch (cause) {
    const { file, line } = validator;
    const problem = `is none of BLS12-381 (${messageOf(cause)})`;
    throw validatorsFileErrors.create('EPH-VALIDATORS-PUBKEY', { file, line, problem }, cause);
  }
}
