import { describe, expect, it } from 'vitest';
import {
  desired as apart,
  folderOf,
  handle,
  holdsAlways,
  identityOf,
  nowMs,
  observe,
  type Situation,
} from '../../../test/support/plan-situations.ts';
import { known } from '../../base/answer.ts';
import { identityName } from '../network/identity.ts';
import type { DesiredNode } from './desired.ts';
import type { JournalState } from './journal-state.ts';
import type { ObservedNode, ObservedUnit } from './observed.ts';
import { type Plan, planNode } from './plan.ts';
import { describeStep, type Step, type StepOf } from './step.ts';

/** The node of the situations with its consensus client inside the program of its execution client. */
const desired: DesiredNode = { ...apart, consensus: { ...apart.consensus, host: 'execution' } };

/** A unit that the consensus client had before it ran inside another's: mostly gone. */
const leftOver = ({ consensus: { unit } }: Situation): ObservedUnit =>
  unit.state === 'running' ? { state: 'off' } : unit;

/** The same situation as it can be when both layers are one program; `recorded` says whether its run carries the other. */
function together(s: Situation): ObservedNode {
  const { on, suffix } = s.execution;
  const seen = observe({ ...s, consensus: { ...s.consensus, on, suffix } });
  const { execution } = seen.journal.runs;
  const carries = s.consensus.recorded ? { carries: 'beta' } : { fingerprint: 'alone' };
  const runs = execution === undefined ? {} : { execution: { ...execution, ...carries } };
  const { validator } = seen.journal.runs;
  return {
    ...seen,
    units: { ...seen.units, consensus: leftOver(s) },
    journal: { ...seen.journal, runs: { ...runs, ...(validator === undefined ? {} : { validator }) } },
  };
}

const planOf = (s: Situation): Plan => planNode(desired, together(s), nowMs);
const stepsOf = <K extends Step['kind']>(plan: Plan, kind: K) =>
  plan.steps.filter((step): step is StepOf<K> => step.kind === kind);
const at = (plan: Plan, found: (step: Step) => boolean) => plan.steps.findIndex(found);
const isOf = (kind: Step['kind'], layer: string) => (step: Step) =>
  step.kind === kind && 'layer' in step && step.layer === layer;

describe('whatever is seen of two layers in one program, a plan', () => {
  it('starts the validator client only when that program runs and both layers are proven', () => {
    holdsAlways((s) => {
      const plan = planOf(s);
      const isStart = plan.steps.some(isOf('start', 'validator'));
      if (!isStart || plan.steps.some(({ lane }) => lane === 'network')) return false;
      expect(s.execution.unit.state).toBe('running');
      expect(s.consensus.recorded).toBe(true);
      expect(leftOver(s).state).toBe('off');
      for (const layer of ['execution', 'consensus'] as const)
        expect(s[layer].proven && !s[layer].condemned).toBe(true);
      expect(identityName(identityOf(s.execution.on))).toBe(plan.target && identityName(plan.target));
      return true;
    });
  });

  it('never starts or takes over the consensus client by itself', () => {
    holdsAlways((s) => {
      const plan = planOf(s);
      for (const kind of ['start', 'adopt', 'await-restart'] as const)
        expect(plan.steps.some(isOf(kind, 'consensus')), kind).toBe(false);
      const starts = stepsOf(plan, 'start').filter(({ layer }) => layer === 'execution');
      for (const { carries } of starts) expect(carries).toBe('beta');
      return starts.length > 0;
    });
  });

  it('has both layers in one folder, which was given up for neither', () => {
    holdsAlways((s) => {
      const plan = planOf(s);
      const placed = [...stepsOf(plan, 'prepare'), ...stepsOf(plan, 'start'), ...stepsOf(plan, 'prove')];
      const folders = placed.filter(({ layer }) => layer !== 'validator').map(({ folder }) => folder);
      expect(new Set(folders).size).toBeLessThanOrEqual(1);
      const isGivenUp = s.execution.condemned || s.consensus.condemned;
      if (isGivenUp) expect(folders).not.toContain(folderOf(s.execution));
      return isGivenUp && folders.length > 0;
    });
  });

  it('ends what the consensus client ran as before, and then starts the program', () => {
    holdsAlways((s) => {
      const plan = planOf(s);
      const isLeft = leftOver(s).state === 'stray';
      const stop = at(plan, isOf('stop', 'consensus'));
      const start = at(plan, isOf('start', 'execution'));
      if (!isLeft) expect(stop).toBe(-1);
      else if (start >= 0) expect(stop >= 0 && stop < start).toBe(true);
      return isLeft && start >= 0;
    });
  });

  it('never starts what runs, and stops it once', () => {
    holdsAlways((s) => {
      const plan = planOf(s);
      const stops = stepsOf(plan, 'stop').filter(({ layer }) => layer === 'execution');
      expect(stops.length).toBeLessThanOrEqual(1);
      if (!plan.steps.some(isOf('start', 'execution'))) return false;
      expect(s.execution.unit.state === 'off' || stops.length === 1).toBe(true);
      return true;
    });
  });

  it('touches neither layer while the runtime says nothing of one of the units', () => {
    holdsAlways((s) => {
      const isSilent = s.execution.unit.state === 'unknown' || leftOver(s).state === 'unknown';
      if (!isSilent) return false;
      for (const step of planOf(s).steps)
        if (step.kind === 'stop' || step.kind === 'start') expect(step.layer).toBe('validator');
      return true;
    });
  });

  it('stops and gives up no more for a program that falls silent than for one that says all is right', () => {
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

  it('only stops when the node is to be down', () => {
    holdsAlways((s) => {
      const plan = planNode({ ...desired, intent: 'down' }, together(s), nowMs);
      const kinds = plan.steps.map(({ kind }) => kind);
      expect(kinds.every((kind) => kind === 'stop' || kind === 'await-runtime')).toBe(true);
      return kinds.length > 0;
    });
  });
});

const name = identityName(identityOf(10));
const running: ObservedUnit = { state: 'running' };
const off: ObservedUnit = { state: 'off' };

/** A node that runs on iteration 10 as one program, proven and live, without a validator client. */
function settled(journal: Partial<JournalState> = {}, more: Partial<ObservedNode> = {}): ObservedNode {
  const layer = {
    unit: running,
    on: 10,
    suffix: '',
    recorded: true,
    proven: true,
    condemned: false,
    names: 10,
  };
  const s: Situation = {
    execution: layer,
    consensus: layer,
    validator: { ...layer, unit: off, recorded: false },
    adopted: 10,
    completed: true,
    live: true,
    held: false,
    bundles: [10, 11],
    wrongInARow: 0,
    free: 1e9,
    quiet: true,
    skewMs: 0,
  };
  const seen = together(s);
  const chains = [
    { name, identity: identityOf(10), clients: ['execution.alpha', 'consensus.beta', 'consensus.other'] },
  ];
  const harvested = (['execution', 'consensus'] as const).map((which) => ({
    layer: which,
    folder: name,
    client: apart[which].client,
  }));
  return { ...seen, chains, journal: { ...seen.journal, harvested, ...journal }, ...more };
}

const { validator: _, ...pair } = desired;
const wordsOf = (observed: ObservedNode, node: DesiredNode = pair, now = nowMs) =>
  planNode(node, observed, now).steps.map(describeStep);

describe('two layers in one program', () => {
  it('are left as they are when all is well', () => {
    expect(wordsOf(settled())).toEqual([]);
  });

  it('are prepared and proven each, and started once', () => {
    expect(wordsOf(settled({}, { units: { execution: off, consensus: off, validator: off } }))).toEqual([
      `start execution (alpha, with beta inside) on ${name}`,
    ]);
    const empty = settled({ runs: {}, proven: [] }, { chains: [] });
    const first = { ...empty, units: { execution: off, consensus: off, validator: off } };
    expect(wordsOf(first)).toEqual([
      `prepare chains/${name}/execution.alpha`,
      `prepare chains/${name}/consensus.beta`,
      `start execution (alpha, with beta inside) on ${name}`,
      `prove that execution is on ${name}`,
      `prove that consensus is on ${name}`,
    ]);
  });

  it('go to the next network with one stop and one start', () => {
    const next = identityName(identityOf(11));
    expect(wordsOf(settled(), pair, 11_000_000)).toEqual([
      `begin the reset to ${next}`,
      'stop execution: the network resets',
      `prepare chains/${next}/execution.alpha`,
      `prepare chains/${next}/consensus.beta`,
      `start execution (alpha, with beta inside) on ${next}`,
      `prove that execution is on ${next}`,
      `prove that consensus is on ${next}`,
      `report the reset to ${next} completed`,
    ]);
  });

  it('are begun again together when one of them is given up, whichever it is', () => {
    for (const layer of ['execution', 'consensus'] as const)
      expect(wordsOf(settled({ condemned: [{ layer, folder: name, reason: 'resync' }] }))).toEqual([
        'stop execution: the network resets',
        `prepare chains/${name}-2/execution.alpha`,
        `prepare chains/${name}-2/consensus.beta`,
        `start execution (alpha, with beta inside) on ${name}-2`,
        `prove that execution is on ${name}`,
        `prove that consensus is on ${name}`,
      ]);
  });

  it('are given up together when the consensus layer alone names another network', () => {
    const wrong = {
      consensus: {
        genesisTimeSeconds: known(1),
        genesisValidatorsRoot: known('0xff'),
        executionReachable: known(true),
      },
      wrongInARow: { execution: 0, consensus: 5 },
    };
    expect(wordsOf(settled({}, wrong)).slice(0, 3)).toEqual([
      `give up consensus data in chains/${name}`,
      'stop execution: it is on another network',
      `prepare chains/${name}-2/execution.alpha`,
    ]);
  });

  it('wait before the program is started again when it ends, as one client that ends', () => {
    const calm = { count: 0, atOnce: 0, sinceLastMs: 0 };
    const crashes = { execution: { ...calm, count: 3 }, consensus: calm, validator: calm };
    const ended = settled({}, { crashes, units: { execution: off, consensus: off, validator: off } });
    const plan = planNode(pair, ended, nowMs);
    expect(plan.steps.map(describeStep)).toEqual([
      'wait before execution is started again',
      `start execution (alpha, with beta inside) on ${name}`,
    ]);
    expect(plan.findings.map(({ code, subject }) => [code, subject.layer])).toEqual([
      ['EPH-NODE-CLIENT-EXITS', 'execution'],
    ]);
  });
});

describe('a change between two programs and one', () => {
  const other = { client: 'other', fingerprint: 'o', folder: name, identity: name, handle };
  const proven = [
    { layer: 'execution', folder: name, client: 'alpha' },
    { layer: 'consensus', folder: name, client: 'other' },
  ] as const;

  it('ends the consensus client, then the execution client, and keeps the data of the latter', () => {
    const { execution } = settled().journal.runs;
    if (execution === undefined) throw new Error('it runs');
    const { carries: _none, ...alone } = execution;
    const runs = { execution: { ...alone, fingerprint: 'alone' }, consensus: other };
    const seen = settled(
      { runs, proven },
      { units: { execution: running, consensus: running, validator: off } },
    );
    const fresh = { ...seen, chains: [{ name, identity: identityOf(10), clients: ['execution.alpha'] }] };
    expect(wordsOf(fresh)).toEqual([
      'stop consensus: its settings changed',
      'stop execution: its settings changed',
      `prepare chains/${name}/consensus.beta`,
      `start execution (alpha, with beta inside) on ${name}`,
      `prove that consensus is on ${name}`,
    ]);
  });

  it('starts the execution client anew without the other, and then that one', () => {
    const { host: _inside, ...consensus } = { ...desired.consensus, client: 'other', fingerprint: 'o' };
    const node = { ...pair, execution: { ...pair.execution, fingerprint: 'alone' }, consensus };
    expect(wordsOf(settled({ proven }), node)).toEqual([
      'stop execution: its settings changed',
      `start execution (alpha) on ${name}`,
      `start consensus (other) on ${name}`,
    ]);
  });

  it('stops a validator client first: what it asks is another program, on data that were proven or not', () => {
    const { host: _inside, ...consensus } = { ...desired.consensus, client: 'other', fingerprint: 'o' };
    const node = { ...desired, execution: { ...desired.execution, fingerprint: 'alone' }, consensus };
    const root = identityOf(10).genesisValidatorsRoot.slice(2, 10);
    const validator = { ...other, client: 'gamma', fingerprint: 'f', folder: `${root}/gamma-1` };
    const { runs } = settled().journal;
    const seen = settled(
      { runs: { ...runs, validator } },
      { units: { execution: running, consensus: off, validator: running } },
    );
    expect(wordsOf(seen, node)[0]).toBe('stop validator: its network is not proven');
    expect(wordsOf(seen, desired)).toEqual([]);
    const { execution } = runs;
    if (execution === undefined) throw new Error('it runs');
    const { carries: _none, ...alone } = execution;
    const apartAgain = settled(
      { runs: { execution: { ...alone, fingerprint: 'alone' }, consensus: other, validator } },
      { units: { execution: running, consensus: running, validator: running } },
    );
    expect(wordsOf(apartAgain, desired).slice(0, 2)).toEqual([
      'stop validator: its network is not proven',
      'stop consensus: its settings changed',
    ]);
  });
});
