import { describe, expect, it } from 'vitest';
import { desiredClient } from '../../../test/support/desired-node.ts';
import {
  desired,
  folderOf,
  handle,
  holdsAlways,
  identityOf,
  nowMs,
  observe,
  type Situation,
} from '../../../test/support/plan-situations.ts';
import { identityName } from '../network/identity.ts';
import type { DesiredNode } from './desired.ts';
import type { JournalState } from './journal-state.ts';
import { type Plan, planNode } from './plan.ts';
import type { Step, StepOf } from './step.ts';

const planOf = (s: Situation, more: Partial<DesiredNode> = {}): Plan =>
  planNode({ ...desired, ...more }, observe(s), nowMs);
const laneOf = (plan: Plan, lane: Step['lane']) => plan.steps.filter((step) => step.lane === lane);
const stepsOf = <K extends Step['kind']>(plan: Plan, kind: K) =>
  plan.steps.filter((step): step is StepOf<K> => step.kind === kind);

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

  it('says that a client which answers from the genesis on is waited for, until then', () => {
    holdsAlways((s) => {
      const validator = { ...desiredClient('gamma'), keySets: ['main'], keySettings: 's' };
      const at = (seconds: number, more: { answersFromGenesis?: true }) => {
        const plan = planNode(
          { ...desired, validator: { ...validator, ...more } },
          observe(s),
          seconds * 1000,
        );
        const codes = plan.findings.map(({ code }) => code);
        const loads = stepsOf(plan, 'load-keys').length > 0 && plan.target?.iteration === 10;
        return { loads, isTold: codes.includes('EPH-NODE-KEYS-FROM-GENESIS') };
      };
      const before = at(10_009, { answersFromGenesis: true });
      if (!before.loads) return false;
      expect(before.isTold).toBe(true);
      expect(at(10_010, { answersFromGenesis: true })).toEqual({ loads: true, isTold: false });
      expect(at(10_009, {})).toEqual({ loads: true, isTold: false });
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
