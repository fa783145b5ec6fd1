import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { aggregationMethods } from './aggregation-methods.ts';
import type { ApiNode } from './api-node.ts';
import type { PartOf } from './complete-methods.ts';
import { dutyMethods } from './duty-methods.ts';
import type { EpochStates } from './epoch-states.ts';
import { livenessMethods } from './liveness-methods.ts';
import { notWhileSyncing } from './not-while-syncing.ts';
import { preparationMethods } from './preparation-methods.ts';
import type { ProducedPayloads } from './produced-payloads.ts';
import { productionMethods } from './production-methods.ts';

/** The validator namespace. Duties are refused as long as the node syncs; preparations are not. */
export function validatorNamespace(
  node: ApiNode,
  states: EpochStates,
  payloads: ProducedPayloads,
): PartOf<BeaconApiMethods['validator']> {
  return {
    ...preparationMethods(node, states),
    ...notWhileSyncing(node, {
      ...dutyMethods(node, states),
      ...livenessMethods(node, states),
      ...aggregationMethods(node, states),
      ...productionMethods(node, payloads),
    }),
  };
}
