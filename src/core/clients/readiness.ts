import type { ClientContext } from './client.ts';
import { portOf } from './context.ts';
import type { ReadinessProbe } from './units.ts';

// We ask from the host, where loopback ports are at the loopback address under every runtime.

/** Execution clients: JSON-RPC answers. */
export function rpcReadiness(context: ClientContext): ReadinessProbe {
  const url = `http://127.0.0.1:${portOf(context, 'rpc')}`;
  return { kind: 'json-rpc', url, method: 'eth_chainId', deadlineMs: 120_000 };
}

/** Consensus clients: the Beacon API answers, which some do only once they have a state to start from. */
export function beaconReadiness(context: ClientContext): ReadinessProbe {
  const url = `http://127.0.0.1:${portOf(context, 'api')}/eth/v1/node/version`;
  return { kind: 'http', url, statuses: [200], deadlineMs: 300_000 };
}

/** Validators inside a beacon node: their API listens. */
export function keymanagerReadiness(context: ClientContext): ReadinessProbe {
  return { kind: 'tcp', port: portOf(context, 'keymanager'), deadlineMs: 300_000 };
}

/** Validator clients: before the genesis of their network most open nothing but their metrics. */
export function metricsReadiness(context: ClientContext): ReadinessProbe {
  return { kind: 'tcp', port: portOf(context, 'metrics'), deadlineMs: 120_000 };
}
