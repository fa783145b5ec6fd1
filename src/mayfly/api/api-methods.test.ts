import { routes } from '@lodestar/api';
import { ApiError } from '@lodestar/api/server';
import { describe, expect, it } from 'vitest';
import { steppedSetup } from '../../../test/support/stepped.ts';
import { SteppedNetwork } from '../stepped-network.ts';
import { apiMethods, servedNamespaces } from './api-methods.ts';
import { unserved } from './unserved.ts';

async function answers501(method: (args: object) => Promise<unknown>): Promise<boolean> {
  try {
    await method({});
    return false;
  } catch (thrown) {
    return thrown instanceof ApiError && thrown.statusCode === 501;
  }
}

describe('the methods of the API', () => {
  it('serve every operation that the library knows of the standard, but for those listed with a reason', async () => {
    const { node } = await SteppedNetwork.open(await steppedSetup(64));
    const methods = apiMethods(node.api) as unknown as Record<string, Record<string, never>>;
    const refused: string[] = [];
    const served: string[] = [];
    for (const namespace of servedNamespaces) {
      const definitions = routes[namespace].getDefinitions(node.chain.config);
      for (const operation of Object.keys(definitions)) {
        const method = methods[namespace]?.[operation];
        expect(method, operation).toBeTypeOf('function');
        if (method !== undefined)
          (await answers501(method)) ? refused.push(operation) : served.push(operation);
      }
    }
    expect(refused.sort()).toEqual(Object.keys(unserved).sort());
    expect(served.sort()).toMatchInlineSnapshot(`
      [
        "getAggregatedAttestationV2",
        "getAttestationsRewards",
        "getAttesterDuties",
        "getBlindedBlock",
        "getBlobSidecars",
        "getBlobs",
        "getBlockAttestationsV2",
        "getBlockHeader",
        "getBlockHeaders",
        "getBlockRewards",
        "getBlockRoot",
        "getBlockV2",
        "getDebugChainHeadsV2",
        "getDebugDataColumnSidecars",
        "getDebugForkChoice",
        "getDepositContract",
        "getEpochCommittees",
        "getEpochSyncCommittees",
        "getForkSchedule",
        "getGenesis",
        "getHealth",
        "getLiveness",
        "getNetworkIdentity",
        "getNodeVersion",
        "getNodeVersionV2",
        "getPeer",
        "getPeerCount",
        "getPeers",
        "getPendingConsolidations",
        "getPendingDeposits",
        "getPendingPartialWithdrawals",
        "getPoolAttestationsV2",
        "getPoolAttesterSlashingsV2",
        "getPoolBLSToExecutionChanges",
        "getPoolProposerSlashings",
        "getPoolVoluntaryExits",
        "getProposerDuties",
        "getProposerDutiesV2",
        "getProposerLookahead",
        "getSpec",
        "getStateFinalityCheckpoints",
        "getStateFork",
        "getStateRandao",
        "getStateRoot",
        "getStateV2",
        "getStateValidator",
        "getStateValidatorBalances",
        "getStateValidators",
        "getSyncCommitteeDuties",
        "getSyncCommitteeRewards",
        "getSyncingStatus",
        "postStateValidatorBalances",
        "postStateValidatorIdentities",
        "postStateValidators",
        "prepareBeaconCommitteeSubnet",
        "prepareBeaconProposer",
        "prepareSyncCommitteeSubnets",
        "produceAttestationData",
        "produceBlockV3",
        "produceSyncCommitteeContribution",
        "publishAggregateAndProofsV2",
        "publishBlindedBlockV2",
        "publishBlockV2",
        "publishContributionAndProofs",
        "registerValidator",
        "submitPoolAttestationsV2",
        "submitPoolAttesterSlashingsV2",
        "submitPoolBLSToExecutionChange",
        "submitPoolProposerSlashings",
        "submitPoolSyncCommitteeSignatures",
        "submitPoolVoluntaryExit",
      ]
    `);
  });
});
