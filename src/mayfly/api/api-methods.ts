import { routes } from '@lodestar/api';
import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import type { ApiNode } from './api-node.ts';
import { beaconMethods } from './beacon-methods.ts';
import { completeMethods } from './complete-methods.ts';
import { configMethods } from './config-methods.ts';
import { debugMethods } from './debug-methods.ts';
import { EpochStates } from './epoch-states.ts';
import { nodeMethods } from './node-methods.ts';
import { ProducedPayloads } from './produced-payloads.ts';
import { refusal } from './unserved.ts';
import { validatorNamespace } from './validator-namespace.ts';

/** The namespaces of the standard; events are a route of our own, `lodestar` and `proof` are not of the standard. */
export const servedNamespaces = ['beacon', 'config', 'debug', 'lightclient', 'node', 'validator'] as const;

/** All methods of the library's namespaces: what is not served answers 501. */
export function apiMethods(node: ApiNode): BeaconApiMethods {
  const { config } = node.chain;
  const states = new EpochStates(node.chain);
  const payloads = new ProducedPayloads();
  const { beacon, config: configRoutes, debug, lightclient, node: nodeRoutes, validator } = routes;
  return {
    beacon: completeMethods(beacon.getDefinitions(config), beaconMethods(node, states, payloads)),
    config: completeMethods(configRoutes.getDefinitions(config), configMethods(node)),
    debug: completeMethods(debug.getDefinitions(config), debugMethods(node)),
    events: { eventstream: refusal('eventstream') },
    lightclient: completeMethods(lightclient.getDefinitions(config), {}),
    node: completeMethods(nodeRoutes.getDefinitions(config), nodeMethods(node)),
    validator: completeMethods(validator.getDefinitions(config), validatorNamespace(node, states, payloads)),
    lodestar: completeMethods(routes.lodestar.getDefinitions(config), {}),
    proof: completeMethods(routes.proof.getDefinitions(config), {}),
  };
}
