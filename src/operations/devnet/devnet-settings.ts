import type { NetworkDefinition } from '../../core/network/definition.ts';
import { devnetDefaults, fewestDevnetValidators } from '../../core/network/devnet-defaults.ts';
import type { ForkName } from '../../core/network/forks.ts';
import { devnetErrors } from './errors.ts';

/** Ports of the devnet's own programs, all on loopback; the network's users get theirs elsewhere. */
export interface DevnetPorts {
  /** Releases over HTTP. */
  readonly releaser: number;
  /** The producer's Beacon API, which followers read from. */
  readonly api: number;
  readonly rpc: number;
  readonly engine: number;
  readonly p2p: number;
}

/** All that makes a devnet this one: with the same settings it is the same network, keys included. */
export interface DevnetSettings {
  readonly name: string;
  /** Validators' keys come from it. */
  readonly seed: string;
  readonly validators: number;
  readonly slotSeconds: number;
  readonly periodSeconds: number;
  readonly genesisDelaySeconds: number;
  readonly baseTimeSeconds: number;
  readonly baseChainId: number;
  readonly lastFork: ForkName;
  readonly ports: DevnetPorts;
}

export interface DevnetWishes {
  readonly name: string;
  readonly seed: string;
  readonly nowMs: number;
  readonly ports: DevnetPorts;
  readonly validators?: number;
  readonly slotSeconds?: number;
  readonly periodSeconds?: number;
  readonly genesisDelaySeconds?: number;
  readonly lastFork?: ForkName;
}

/** No public network is registered with these; iteration i has baseChainId + i. */
const baseChainId = 7_336_000;

/**
 * A new devnet whose iteration 1 begins now. Throws EPH-DEVNET-SETTING-INVALID: slots of 1 to 12 s, because
 * timestamps are whole seconds and longer slots are no network's; 32 validators or more, so that every slot
 * of an epoch has a committee; an end at least four slots after the genesis.
 */
export function newDevnetSettings(wishes: DevnetWishes): DevnetSettings {
  const { nowMs, ...wanted } = wishes;
  const settings = { ...devnetDefaults, lastFork: 'electra' as const, ...wanted, baseChainId };
  const { slotSeconds, genesisDelaySeconds, periodSeconds } = settings;
  const shortest = genesisDelaySeconds + 4 * slotSeconds;
  check('validators', settings.validators, { low: fewestDevnetValidators, high: 100_000 });
  check('slotSeconds', slotSeconds, { low: 1, high: 12 });
  check('genesisDelaySeconds', genesisDelaySeconds, { low: 5, high: 3600 });
  check('periodSeconds', periodSeconds, { low: shortest, high: 10 * 365 * 86_400 });
  return { ...settings, baseTimeSeconds: Math.floor(nowMs / 1000) - periodSeconds };
}

function check(setting: string, value: number, range: { low: number; high: number }): void {
  const { low, high } = range;
  if (Number.isInteger(value) && value >= low && value <= high) return;
  const allowed = `a whole number from ${low} to ${high}`;
  throw devnetErrors.create('EPH-DEVNET-SETTING-INVALID', { setting, value: String(value), allowed });
}

/** The network as its users see it: released by its own releaser, leads of a quarter of the period. */
export function devnetDefinition(settings: DevnetSettings): NetworkDefinition {
  const leadSeconds = Math.floor(settings.periodSeconds / 4);
  return {
    name: settings.name,
    baseTimeSeconds: settings.baseTimeSeconds,
    baseChainId: settings.baseChainId,
    periodSeconds: settings.periodSeconds,
    genesisDelaySeconds: settings.genesisDelaySeconds,
    publishLeadSeconds: leadSeconds,
    prefetchLeadSeconds: leadSeconds,
    releaseTagPrefix: `${settings.name}-`,
    releaseSources: [{ kind: 'github', url: releaserUrl(settings) }],
    checkpointProviders: [],
  };
}

export function releaserUrl(settings: DevnetSettings): string {
  return `http://127.0.0.1:${settings.ports.releaser}`;
}

/** What a follower is told to follow. */
export function producerApiUrl(settings: DevnetSettings): string {
  return `http://127.0.0.1:${settings.ports.api}`;
}
