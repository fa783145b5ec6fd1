import { type Answer, known, unknown } from '../../base/answer.ts';
import type { BeaconApi } from '../../chain/beacon.ts';
import type { CheckpointProvider } from '../../chain/checkpoint-provider.ts';
import type { AgreedCheckpoint } from '../../core/node/journal-entry.ts';
import type { HeldCheckpoint } from '../../core/node/observed.ts';
import { rootAtOrBefore } from './survey-providers.ts';

/**
 * Whether a client began with the checkpoint that providers agreed on. It is asked for its block of that epoch; one that
 * keeps none so old, because it began with a later one, is held to what the other providers say of the epoch that it
 * has finalized. Unknown while neither can be told.
 */
export async function heldAgainst(
  agreed: AgreedCheckpoint,
  beacon: Pick<BeaconApi, 'blockRoot' | 'finality' | 'timing'>,
  witnesses: readonly CheckpointProvider[],
): Promise<Answer<HeldCheckpoint>> {
  const timing = await beacon.timing();
  if (!timing.known) return timing;
  const { slotsPerEpoch } = timing.value;
  const finality = await beacon.finality();
  if (!finality.known) return finality;
  const epoch = finality.value.finalizedEpoch;
  // One that comes from the genesis has an earlier block as its last one until then.
  if (epoch < agreed.epoch) return unknown('it has not come so far yet');
  const own = await rootAtOrBefore(beacon, agreed.epoch * slotsPerEpoch);
  if (own.known) return known({ epoch: agreed.epoch, agreed: agreed.root, found: own.value });
  const finalized = await beacon.blockRoot('finalized');
  if (!finalized.known) return own;
  const found = finalized.value;
  if (epoch === agreed.epoch) return known({ epoch, agreed: agreed.root, found });
  for (const witness of witnesses) {
    const said = await rootAtOrBefore(witness, epoch * slotsPerEpoch);
    if (said.known) return known({ epoch, agreed: said.value, found });
  }
  return own;
}
