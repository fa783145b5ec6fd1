import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desiredClient, desiredNodeOn } from '../../../test/support/desired-node.ts';
import { known, unknown } from '../../base/answer.ts';
import type { ReleaseBundle } from '../network/bundle.ts';
import type { NetworkDefinition } from '../network/definition.ts';
import { gvr8, identityName, type NetworkIdentity } from '../network/identity.ts';
import type { DesiredNode } from './desired.ts';
import { emptyJournal, type JournalState } from './journal-state.ts';
import type { ObservedNode, ObservedUnit } from './observed.ts';
import { type Plan, planNode } from './plan.ts';
import { runAsPlanned } from './signing-order.ts';
import type { Step, StepOf } from './step.ts';

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

const desired: DesiredNode = {
  ...desiredNodeOn(network),
  validator: { ...desiredClient('gamma'), keySets: ['main'] },
};

const identityOf = (iteration: number): NetworkIdentity => ({
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
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

const folderOf = ({ on, suffix: end }: Layer) => `${identityName(identityOf(on))}${end}`;
const handle = { runtime: 'fake', unit: 'u', token: 't' };

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

function observe(s: Situation): ObservedNode {
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

const nowMs = 10_500_000;
const planOf = (s: Situation, more: Partial<DesiredNode> = {}): Plan =>
  planNode({ ...desired, ...more }, observe(s), nowMs);
const laneOf = (plan: Plan, lane: Step['lane']) => plan.steps.filter((step) => step.lane === lane);
const stepsOf = <K extends Step['kind']>(plan: Plan, kind: K) =>
  plan.steps.filter((step): step is StepOf<K> => step.kind === kind);

/** Each property says whether the situation was one that it is about: it must have been met. */
function holdsAlways(property: (s: Situation) => boolean): void {
  let met = 0;
  fc.assert(
    fc.property(situation, (s) => {
      if (property(s)) met += 1;
    }),
    { numRuns: 600, seed: 20 },
  );
  expect(met).toBeGreaterThan(5);
}

describe('whatever is seen, a plan', () => {
  it('starts the validator client only when both layers run proven on the target', () => {
    holdsAlways((s) => {
      const plan = planOf(s);
      const starts = stepsOf(plan, 'start').some((step) => step.layer === 'validator');
      if (!starts || laneOf(plan, 'network').length > 0) return false;
      for (const which of ['execution', 'consensus'] as const) {
        expect(s[which].unit.state).toBe('running');
        expect(s[which].proven && !s[which].condemned).toBe(true);
        expect(identityName(identityOf(s[which].on))).toBe(plan.target && identityName(plan.target));
      }
      return true;
    });
  });

  it('looks at the keys of a validator client that runs and may, until they are as they should be', () => {
    const managed = { validator: { ...desiredClient('gamma'), keySets: ['main'], keySettings: 's' } };
    holdsAlways((s) => {
      const loads = (journal: Partial<JournalState>) => {
        const seen = observe(s);
        const plan = planNode(
          { ...desired, ...managed },
          { ...seen, journal: { ...seen.journal, ...journal } },
          nowMs,
        );
        return { plan, loads: stepsOf(plan, 'load-keys') };
      };
      const { plan, loads: due } = loads({});
      if (due.length === 0) return false;
      expect(s.validator.unit.state).toBe('running');
      expect(stepsOf(plan, 'stop').some((step) => step.layer === 'validator')).toBe(false);
      expect(due[0]).toMatchObject({ lane: 'validator', fingerprint: 'k-s', keySets: ['main'] });
      const loaded = { folder: 'any', token: handle.token, fingerprint: 'k-s', settings: [] };
      expect(loads({ loaded }).loads).toEqual([]);
      expect(loads({ loaded: { ...loaded, token: 'an earlier run' } }).loads).toHaveLength(1);
      expect(loads({ loaded: { ...loaded, fingerprint: 'k-other' } }).loads).toHaveLength(1);
      expect(stepsOf(planOf(s), 'load-keys')).toEqual([]);
      return true;
    });
  });

  it('stops the validator client first, and before any client that leaves its network', () => {
    holdsAlways((s) => {
      const stops = stepsOf(planOf(s), 'stop');
      const at = stops.findIndex((step) => step.layer === 'validator');
      expect(at).toBeLessThanOrEqual(0);
      const leaves = stops.some((step) => step.layer !== 'validator' && step.reason !== 'new-settings');
      const up = s.validator.unit.state === 'running' || s.validator.unit.state === 'stray';
      if (leaves && up) expect(at).toBe(0);
      return leaves && up;
    });
  });

  it('collects nothing of the target and nothing in use', () => {
    holdsAlways((s) => {
      const plan = planOf(s);
      const collected = stepsOf(plan, 'collect').map((step) => step.folder);
      for (const folder of collected) {
        expect(folder.startsWith(plan.target === undefined ? '' : identityName(plan.target))).toBe(false);
        for (const which of ['execution', 'consensus'] as const) {
          expect(s[which].recorded && folderOf(s[which]) === folder).toBe(false);
        }
      }
      return collected.length > 0;
    });
  });

  it('ends removals that were begun, but for a folder that is there again', () => {
    holdsAlways((s) => {
      const observed = observe(s);
      const there = observed.chains.map(({ name }) => name);
      const left = { ...observed, halfRemoved: ['3-0000000a', ...there] };
      const plan = planNode(desired, left, nowMs);
      const isFirst = stepsOf(plan, 'collect')[0]?.folder === '3-0000000a';
      const retained = stepsOf(planNode(desired, observed, nowMs), 'collect');
      expect(stepsOf(plan, 'collect').slice(isFirst ? 1 : 0)).toEqual(retained);
      expect(isFirst || retained.length === 0).toBe(true);
      return isFirst;
    });
  });

  it('only stops when the node is to be down', () => {
    holdsAlways((s) => {
      const kinds = planOf(s, { intent: 'down' }).steps.map((step) => step.kind);
      expect(kinds.every((kind) => kind === 'stop' || kind === 'await-runtime')).toBe(true);
      return kinds.length > 0;
    });
  });

  it('touches no client of which the runtime says nothing', () => {
    holdsAlways((s) => {
      for (const step of planOf(s).steps) {
        if (step.kind !== 'stop' && step.kind !== 'start' && step.kind !== 'adopt') continue;
        expect(s[step.layer].unit.state).not.toBe('unknown');
      }
      return [s.execution, s.consensus, s.validator].some(({ unit: { state } }) => state === 'unknown');
    });
  });

  it('stops and gives up no more for a client that falls silent than for one that says all is right', () => {
    holdsAlways((s) => {
      const saying = (names: number | undefined) =>
        planOf({ ...s, execution: { ...s.execution, names }, consensus: { ...s.consensus, names } });
      const harm = (plan: Plan) => [...stepsOf(plan, 'stop'), ...stepsOf(plan, 'condemn')];
      const right = saying(10);
      if (right.target?.iteration !== 10) return false;
      expect(harm(saying(undefined))).toEqual(harm(right));
      return true;
    });
  });

  it('never starts what runs', () => {
    holdsAlways((s) => {
      const plan = planOf(s);
      const starts = stepsOf(plan, 'start');
      for (const { layer: which } of starts) {
        const stopped = stepsOf(plan, 'stop').some((step) => step.layer === which);
        expect(s[which].unit.state === 'off' || stopped).toBe(true);
      }
      return starts.length > 0;
    });
  });
});
