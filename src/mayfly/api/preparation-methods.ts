import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import { MAX_COMMITTEES_PER_SLOT, SYNC_COMMITTEE_SIZE } from '@lodestar/params';
import type { ApiNode } from './api-node.ts';
import type { EpochStates } from './epoch-states.ts';

type PreparationMethods = Pick<
  BeaconApiMethods['validator'],
  | 'prepareBeaconProposer'
  | 'prepareBeaconCommitteeSubnet'
  | 'prepareSyncCommitteeSubnets'
  | 'registerValidator'
>;

/** Fee recipients hold for the epoch of the call and two more (Beacon API, prepareBeaconProposer). */
const heldEpochs = 2;
/** Validators that do not exist yet may be announced, but not without end. */
const unknownAhead = 65_536;

/** What validator clients tell beforehand. */
export function preparationMethods(node: ApiNode, states: EpochStates): PreparationMethods {
  const { builder, chain } = node;
  const lastEpochs = new Map<number, number>();
  const forgetOld = () => {
    for (const [index, lastEpoch] of lastEpochs) {
      if (lastEpoch >= states.currentEpoch) continue;
      lastEpochs.delete(index);
      builder.feeRecipients.delete(index);
    }
  };
  return {
    prepareBeaconProposer: async ({ proposers }) => {
      const wrong = proposers.find(({ feeRecipient }) => !/^0x[0-9a-fA-F]{40}$/.test(feeRecipient));
      if (wrong !== undefined) throw new ApiError(400, `Invalid fee recipient: ${wrong.feeRecipient}`);
      refuseIndices(proposers);
      forgetOld();
      for (const { validatorIndex, feeRecipient } of proposers) {
        if (validatorIndex >= chain.headState.validators.length + unknownAhead) continue;
        builder.feeRecipients.set(validatorIndex, feeRecipient.toLowerCase());
        lastEpochs.set(validatorIndex, states.currentEpoch + heldEpochs);
      }
    },
    prepareBeaconCommitteeSubnet: async ({ subscriptions }) => {
      const wrong = subscriptions.find(
        ({ committeeIndex }) => committeeIndex < 0 || committeeIndex >= MAX_COMMITTEES_PER_SLOT,
      );
      if (wrong !== undefined) throw new ApiError(400, `Invalid committee index: ${wrong.committeeIndex}`);
      refuseIndices(subscriptions);
    },
    prepareSyncCommitteeSubnets: async ({ subscriptions }) => {
      const seats = subscriptions.flatMap(({ syncCommitteeIndices }) => syncCommitteeIndices);
      const wrong = seats.find((seat) => seat < 0 || seat >= SYNC_COMMITTEE_SIZE);
      if (wrong !== undefined) throw new ApiError(400, `Invalid sync committee index: ${wrong}`);
      refuseIndices(subscriptions);
    },
    // Without a builder there is nobody to hand registrations on to; the standard wants them received.
    registerValidator: async () => undefined,
  };
}

function refuseIndices(named: readonly { readonly validatorIndex: number }[]): void {
  const wrong = named.find(({ validatorIndex: index }) => !Number.isSafeInteger(index) || index < 0);
  if (wrong !== undefined) throw new ApiError(400, `Invalid validator index: ${wrong.validatorIndex}`);
}
