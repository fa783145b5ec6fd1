import { ApiError } from '@lodestar/api/server';

const gloas = 'Mayfly simulates Electra and Fulu, not Gloas';
const lightClient = 'Mayfly keeps no light client data';
const dvt = 'this is for the middleware of distributed validators';
const nonStandard = 'it is not in the standard';

/** The operations of the library that are answered with 501, and why. */
export const unserved: Readonly<Record<string, string>> = {
  getSignedExecutionPayloadEnvelope: gloas,
  publishExecutionPayloadEnvelope: gloas,
  publishExecutionPayloadBid: gloas,
  getPoolPayloadAttestations: gloas,
  submitPayloadAttestationMessages: gloas,
  getStateBuilders: gloas,
  getPtcDuties: gloas,
  produceBlockV4: gloas,
  getExecutionPayloadEnvelope: gloas,
  producePayloadAttestationData: gloas,
  submitProposerPreferences: gloas,
  submitBeaconCommitteeSelections: dvt,
  submitSyncCommitteeSelections: dvt,
  getDebugForkChoiceV2: nonStandard,
  getProtoArrayNodes: nonStandard,
  getLightClientUpdatesByRange: lightClient,
  getLightClientOptimisticUpdate: lightClient,
  getLightClientFinalityUpdate: lightClient,
  getLightClientBootstrap: lightClient,
  getLightClientCommitteeRoot: nonStandard,
};

/** A method that refuses. */
export function refusal(operation: string): () => Promise<never> {
  return async () => {
    const reason = unserved[operation];
    throw new ApiError(501, `Not implemented: ${operation}${reason === undefined ? '' : `, as ${reason}`}`);
  };
}
