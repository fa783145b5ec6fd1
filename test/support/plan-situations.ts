import fc from 'fast-check';
import { expect } from 'vitest';
import { known, unknown } from '../../src/base/answer.ts';
import type { ReleaseBundle } from '../../src/core/network/bundle.ts';
import type { NetworkDefinition } from '../../src/core/network/definition.ts';
import { gvr8, identityName, type NetworkIdentity } from '../../src/core/network/identity.ts';
import type { DesiredNode } from '../../src/core/node/desired.ts';
import { emptyJournal, type JournalState } from '../../src/core/node/journal-state.ts';
import type { ObservedNode, ObservedUnit } from '../../src/core/node/observed.ts';
import { runAsPlanned } from '../../src/core/node/signing-order.ts';
import { desiredClient, desiredNodeOn } from './desired-node.ts';

const network: NetworkDefinition = {
  name: 'n',
  baseTimeSeconds: 0,
  baseChainId: 100,
  periodSeconds: 1000,
  genesisDelaySeconds: 10,
  publishLeadSeconds: 100,
  prefetchLeadSeconds: 100,
  releaseTagPrefix: 'n-',
  releaseSources: [],
  checkpointProviders: [],
};

/** A node with a validator client, as the situations have it. */
export const desired: DesiredNode = {
  ...desiredNodeOn(network),
  validator: { ...desiredClient('gamma'), keySets: ['main'] },
};

export const identityOf = (iteration: number): NetworkIdentity => ({
  iteration,
  chainId: 100 + iteration,
  genesisValidatorsRoot: `0x${iteration.toString(16).padStart(64, '0')}`,
  executionGenesisHash: `0x${iteration.toString(16).padStart(64, 'e')}`,
  genesisTimeSeconds: iteration * 1000 + 10,
});

const bundleOf = (iteration: number): ReleaseBundle => ({
  tag: `n-${iteration}`,
  identity: identityOf(iteration),
  startSeconds: iteration * 1000,
  periodSeconds: 1000,
  genesisDelaySeconds: 10,
  highestFork: 'fulu',
  enodes: [],
  bootstrapEnrs: [],
  depositContractAddress: '0x',
  directory: `/r/${iteration}`,
});

const iteration = fc.constantFrom(9, 10, 11);
const unit = fc.constantFrom<ObservedUnit>(
  { state: 'running' },
  { state: 'running' },
  { state: 'off' },
  { state: 'stray' },
  { state: 'unknown', reason: 'silent' },
);
const suffix = fc.constantFrom('', '-2');

interface Layer {
  readonly unit: ObservedUnit;
  readonly on: number;
  readonly suffix: string;
  readonly recorded: boolean;
  readonly proven: boolean;
  readonly condemned: boolean;
  /** What it says: the iteration it names, or nothing. */
  readonly names: number | undefined;
}

const odd: fc.Arbitrary<Layer> = fc.record({
  unit,
  on: iteration,
  suffix,
  recorded: fc.boolean(),
  proven: fc.boolean(),
  condemned: fc.boolean(),
  names: fc.option(iteration, { nil: undefined }),
});

const good: Layer = {
  unit: { state: 'running' },
  on: 10,
  suffix: '-2',
  recorded: true,
  proven: true,
  condemned: false,
  names: 10,
};
// Mostly well: what is odd everywhere never gets as far as the last steps.
const layer = fc.oneof({ weight: 3, arbitrary: fc.constant(good) }, { weight: 2, arbitrary: odd });
const mostly = (usual: boolean) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.boolean() });

const situation = fc.record({
  execution: layer,
  consensus: layer,
  validator: odd,
  adopted: fc.constantFrom(10, 10, 10, 9, 11, undefined),
  completed: mostly(true),
  live: fc.boolean(),
  held: mostly(false),
  bundles: fc.constantFrom([9, 10], [10], [10, 11], [9], []),
  wrongInARow: fc.constantFrom(0, 1, 5),
  free: fc.constantFrom(1e9, 1e9, 0),
  quiet: fc.boolean(),
  skewMs: fc.constantFrom(0, 0, 0, 1e6),
});
export type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

export const folderOf = ({ on, suffix: end }: Layer) => `${identityName(identityOf(on))}${end}`;
export const handle = { runtime: 'fake', unit: 'u', token: 't' };

function runOf(which: 'execution' | 'consensus' | 'validator', seen: Layer) {
  const root = identityOf(seen.on).genesisValidatorsRoot;
  const folder = which === 'validator' ? `${gvr8(root)}/gamma-1` : folderOf(seen);
  const id = { execution: 'alpha', consensus: 'beta', validator: 'gamma' }[which];
  return { client: id, fingerprint: 'f', folder, identity: identityName(identityOf(seen.on)), handle };
}

function journalOf(s: Situation): JournalState {
  const layers = ['execution', 'consensus'] as const;
  const chosen = [...layers, 'validator' as const].filter((which) => s[which].recorded);
  return {
    ...emptyJournal,
    held: s.held,
    runs: Object.fromEntries(chosen.map((which) => [which, runOf(which, s[which])])),
    proven: layers
      .filter((which) => s[which].proven)
      .map((which) => ({ layer: which, folder: folderOf(s[which]), client: desired[which].client })),
    condemned: layers
      .filter((which) => s[which].condemned)
      .map((which) => ({ layer: which, folder: folderOf(s[which]), reason: 'wrong-network' as const })),
    ...(s.adopted === undefined
      ? {}
      : {
          adopted: [identityOf(s.adopted)],
          reset: {
            identity: identityOf(s.adopted),
            cause: 'first' as const,
            scheduledAtMs: 0,
            startedAtMs: 0,
            waitedMs: 0,
            steps: [],
            ...(s.completed ? { completedAtMs: 1 } : {}),
            ...(s.completed && s.live ? { liveAtMs: 2 } : {}),
          },
        }),
  };
}

/** All that a plan is made from, in a situation. */
export function observe(s: Situation): ObservedNode {
  const named = (which: 'execution' | 'consensus') => {
    const { names } = s[which];
    return names === undefined ? undefined : identityOf(names);
  };
  const answer = <T>(value: T | undefined) => (value === undefined ? unknown('silent') : known(value));
  const chains = [9, 10, 11].flatMap((i) =>
    ['', '-2'].map((end) => ({
      name: `${identityName(identityOf(i))}${end}`,
      identity: identityOf(i),
      clients: ['execution.alpha', 'consensus.beta'],
    })),
  );
  const calm = { count: 0, atOnce: 0, sinceLastMs: 0 };
  return {
    journal: journalOf(s),
    units: { execution: s.execution.unit, consensus: s.consensus.unit, validator: s.validator.unit },
    execution: {
      chainId: answer(named('execution')?.chainId),
      genesisHash: answer(named('execution')?.executionGenesisHash),
    },
    consensus: {
      genesisTimeSeconds: answer(named('consensus')?.genesisTimeSeconds),
      genesisValidatorsRoot: answer(named('consensus')?.genesisValidatorsRoot),
      executionReachable: known(true),
    },
    wrongInARow: { execution: s.wrongInARow, consensus: s.wrongInARow },
    provingForMs: { execution: 0, consensus: 0 },
    answers: { execution: { silentForMs: 0 }, consensus: { silentForMs: 0 } },
    liveness: known('waiting'),
    chains,
    halfRemoved: [],
    protection: known({
      stores: [9, 10, 11].map((i) => ({
        genesisValidatorsRoot: identityOf(i).genesisValidatorsRoot,
        client: 'gamma',
        number: 1,
      })),
      damaged: [],
    }),
    bundles: s.bundles.map(bundleOf),
    clockSkewMs: known(s.skewMs),
    freeBytes: known(s.free),
    keys: known({ count: 1, fingerprint: 'k' }),
    keysQuiet: known(s.quiet),
    signingOrder: known(runAsPlanned),
    crashes: { execution: calm, consensus: calm, validator: calm },
  };
}

/** The moment at which every situation is: iteration 10 by the clock. */
export const nowMs = 10_500_000;

/** Each property says whether the situation was one that it is about: it must have been met. */
export function holdsAlways(property: (s: Situation) => boolean): void {
  let met = 0;
  fc.assert(
    fc.property(situation, (s) => {
      if (property(s)) met += 1;
    }),
    { numRuns: 600, seed: 20 },
  );
  expect(met).toBeGreaterThan(5);
}
