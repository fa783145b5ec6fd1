import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { chainConfigToJson, specValuesToJson } from '@lodestar/config';
import { activePreset } from '@lodestar/params';
import { fromHex } from '@lodestar/utils';
import type { ApiNode } from './api-node.ts';
import type { PartOf } from './complete-methods.ts';
import { specConstants } from './spec-constants.ts';

/** The config namespace. */
export function configMethods({ chain }: ApiNode): PartOf<BeaconApiMethods['config']> {
  const { config } = chain;
  const spec = {
    ...specConstants(),
    ...specValuesToJson(activePreset as never),
    ...chainConfigToJson(config),
  };
  return {
    getSpec: async () => ({ data: spec }),
    getForkSchedule: async () => ({
      data: config.forksAscendingEpochOrder
        .filter((fork) => fork.epoch !== Infinity)
        .map((fork) => ({
          previousVersion: fork.prevVersion,
          currentVersion: fork.version,
          epoch: fork.epoch,
        })),
    }),
    getDepositContract: async () => ({
      data: { chainId: config.DEPOSIT_CHAIN_ID, address: toAddress(config.DEPOSIT_CONTRACT_ADDRESS) },
    }),
  };
}

function toAddress(address: Uint8Array | string): Uint8Array {
  return typeof address === 'string' ? fromHex(address) : address;
}
