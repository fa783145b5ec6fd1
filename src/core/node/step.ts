import type { StopSignal } from '../clients/units.ts';
import { identityName, type NetworkIdentity } from '../network/identity.ts';
import type { ChainLayer, NodeLayer } from './desired.ts';
import type { CondemnReason, KeyInventory, ResetCause } from './journal-entry.ts';

export type StopReason =
  | 'down'
  | 'reset'
  | 'new-settings'
  | 'wrong-network'
  | 'unknown-run'
  | 'not-configured'
  | 'network-unproven'
  | 'keys-missing'
  | 'protection-damaged'
  | 'iteration-over'
  | 'halted'
  | 'stopped-by-hand'
  | 'recovery';

export interface SignerStart {
  readonly client: string;
  readonly fingerprint: string;
  readonly schema: string;
  readonly identity: NetworkIdentity;
}

/**
 * One thing to do, in plain data. `lane` says what it holds up: the steps of a lane are done in order;
 * `network` comes before the others, which do not wait for each other.
 */
export type Step = { readonly lane: 'network' | 'validator' | 'aftercare' } & (
  | {
      readonly kind: 'stop';
      readonly layer: NodeLayer;
      readonly reason: StopReason;
      readonly signal: StopSignal;
      readonly deadlineMs: number;
    }
  | { readonly kind: 'begin-reset'; readonly identity: NetworkIdentity; readonly cause: ResetCause }
  | { readonly kind: 'await-release'; readonly iteration: number }
  | { readonly kind: 'await-runtime'; readonly layer: NodeLayer; readonly reason: string }
  | {
      readonly kind: 'condemn';
      readonly layer: ChainLayer;
      readonly folder: string;
      readonly reason: CondemnReason;
    }
  | {
      readonly kind: 'prepare';
      readonly layer: ChainLayer;
      readonly folder: string;
      readonly client: string;
      readonly identity: NetworkIdentity;
    }
  | { readonly kind: 'await-restart'; readonly layer: NodeLayer; readonly leftMs: number }
  | { readonly kind: 'adopt'; readonly layer: NodeLayer }
  | {
      readonly kind: 'start';
      readonly layer: NodeLayer;
      readonly client: string;
      /** The consensus client inside it. */
      readonly carries?: string;
      /** Validators inside the program of another layer, which runs already: their signer is what is started. */
      readonly inside?: { readonly host: ChainLayer; readonly signer: SignerStart };
      readonly fingerprint: string;
      readonly folder: string;
      readonly identity: NetworkIdentity;
    }
  | {
      readonly kind: 'prove';
      readonly layer: ChainLayer;
      readonly folder: string;
      readonly client: string;
      readonly identity: NetworkIdentity;
    }
  | { readonly kind: 'complete-reset'; readonly identity: NetworkIdentity }
  | {
      readonly kind: 'harvest';
      readonly layer: ChainLayer;
      readonly folder: string;
      readonly client: string;
    }
  | {
      readonly kind: 'open-protection';
      readonly genesisValidatorsRoot: string;
      readonly client: string;
      readonly number: number;
    }
  | ({ readonly kind: 'record-keys' } & KeyInventory)
  | { readonly kind: 'halt-signing'; readonly reason: string; readonly slashed: readonly string[] }
  | { readonly kind: 'guard-keys'; readonly keySets: readonly string[]; readonly identity: NetworkIdentity }
  | {
      readonly kind: 'load-keys';
      readonly keySets: readonly string[];
      readonly identity: NetworkIdentity;
      readonly fingerprint: string;
    }
  | ({ readonly kind: 'start-signer' } & SignerStart)
  | {
      readonly kind: 'stop-signer';
      readonly signal: StopSignal;
      readonly deadlineMs: number;
      /** What it remembers may be asked for before it runs again. */
      readonly keep: boolean;
    }
  | { readonly kind: 'confirm-live'; readonly identity: NetworkIdentity }
  | { readonly kind: 'collect'; readonly folder: string }
);

export type StepKind = Step['kind'];
export type StepOf<K extends StepKind> = Extract<Step, { kind: K }>;

const stopReasons: Readonly<Record<StopReason, string>> = {
  down: 'the node goes down',
  reset: 'the network resets',
  'new-settings': 'its settings changed',
  'wrong-network': 'it is on another network',
  'unknown-run': 'nobody knows what it was started on',
  'not-configured': 'the configuration has none',
  'network-unproven': 'its network is not proven',
  'keys-missing': 'keys that it had are missing',
  'protection-damaged': 'its slashing protection is damaged',
  'iteration-over': 'the iteration is over',
  halted: 'signing is halted',
  'stopped-by-hand': 'it was stopped by hand',
  recovery: 'it is started again',
};

type Words = { [K in StepKind]: (step: StepOf<K>) => string };

/** Without key sets a validator client has what it was given over its API, if anything. */
function keysOf({ keySets }: { readonly keySets: readonly string[] }, before = ''): string {
  return keySets.length === 0 ? 'the keys of the node' : `${before}${keySets.join(', ')}`;
}

const words: Words = {
  stop: (step) => `stop ${step.layer}: ${stopReasons[step.reason]}`,
  'begin-reset': (step) => `begin the reset to ${identityName(step.identity)}`,
  'await-release': (step) => `wait for a verified release of iteration ${step.iteration}`,
  'await-runtime': (step) => `wait until the runtime can tell of ${step.layer}`,
  condemn: (step) => `give up ${step.layer} data in chains/${step.folder}`,
  prepare: (step) => `prepare chains/${step.folder}/${step.layer}.${step.client}`,
  'await-restart': (step) => `wait before ${step.layer} is started again`,
  adopt: (step) => `take over the running ${step.layer}`,
  start: ({ layer, client, carries, folder }) =>
    `start ${layer} (${client}${carries === undefined ? '' : `, with ${carries} inside`}) on ${folder}`,
  prove: (step) => `prove that ${step.layer} is on ${identityName(step.identity)}`,
  'complete-reset': (step) => `report the reset to ${identityName(step.identity)} completed`,
  harvest: (step) => `keep the ${step.layer} client's node identity`,
  'open-protection': (step) =>
    `open slashing protection ${step.client}-${step.number} for ${step.genesisValidatorsRoot.slice(0, 10)}${
      step.number > 1 ? ', with all that was signed before' : ''
    }`,
  'record-keys': (step) => `record the ${step.count} validator keys`,
  'halt-signing': (step) => `halt signing: ${step.reason}`,
  'guard-keys': (step) => `see that nobody else signs with ${keysOf(step)}`,
  'start-signer': (step) => `start the signer ${step.client} on ${step.schema}`,
  'stop-signer': () => 'stop the signer',
  'load-keys': (step) => `see that the validator client has ${keysOf(step, 'the keys of ')}`,
  'confirm-live': (step) => `see ${identityName(step.identity)} produce blocks`,
  collect: (step) => `remove the old chain data in chains/${step.folder}`,
};

/** A step in plain words: the same in a plan, in a dry run and while it is done. */
export function describeStep(step: Step): string {
  const describe = words[step.kind] as (step: Step) => string;
  return describe(step);
}
