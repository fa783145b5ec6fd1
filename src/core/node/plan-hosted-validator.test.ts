import { describe, expect, it } from 'vitest';
import {
  desired as apart,
  handle,
  identityOf,
  nowMs,
  observe,
  type Situation,
} from '../../../test/support/plan-situations.ts';
import { known } from '../../base/answer.ts';
import { gvr8, identityName } from '../network/identity.ts';
import type { DesiredNode } from './desired.ts';
import type { LoadedKeys } from './journal-entry.ts';
import { keysIn } from './journal-state.ts';
import type { ObservedNode, ObservedSigner, ObservedUnit } from './observed.ts';
import { planNode } from './plan.ts';
import { signerSchema } from './signer-schema.ts';
import { runAsPlanned, type SigningOrder } from './signing-order.ts';
import type { StepOf } from './step.ts';

const { stop } = apart.consensus;
/** Validators inside the consensus client, with a signer of the node's own. */
const desired: DesiredNode = {
  ...apart,
  validator: {
    ...apart.consensus,
    client: 'gamma',
    keySets: ['main'],
    keySettings: 'set',
    host: 'consensus',
    signer: { client: 'web3signer', fingerprint: 's', stop },
  },
};

const identity = identityOf(10);
const on = identityName(identity);
const running: ObservedUnit = { state: 'running' };
const off: ObservedUnit = { state: 'off' };
const layer = {
  unit: running,
  on: 10,
  suffix: '-2',
  recorded: true,
  proven: true,
  condemned: false,
  names: 10,
};
const signerHandle = { ...handle, unit: 'home.signer', token: 'signer' };
const common = { fingerprint: 'f', identity: on };

interface Seen {
  /** The signer, and with it the validators. */
  readonly signs: boolean;
  /** There was a start, and no stop since. */
  readonly began?: boolean;
  readonly order?: SigningOrder['order'];
  readonly loaded?: boolean;
  readonly other?: Partial<Situation>;
  readonly consensusToken?: string;
}

function seen({
  signs,
  began = signs,
  order = 'run',
  loaded = true,
  other = {},
  consensusToken,
}: Seen): ObservedNode {
  const unit = signs ? running : off;
  const s: Situation = {
    execution: layer,
    consensus: layer,
    validator: { ...layer, unit, recorded: false },
    adopted: 10,
    completed: true,
    live: true,
    held: false,
    bundles: [10, 11],
    wrongInARow: 0,
    free: 1e9,
    quiet: true,
    skewMs: 0,
    ...other,
  };
  const base = observe(s);
  const signer = { ...common, client: 'web3signer', fingerprint: 's-k', folder: signerSchema(identity) };
  const folder = `${gvr8(identity.genesisValidatorsRoot)}/gamma-1`;
  const { consensus, execution } = base.journal.runs;
  const runs = {
    ...(execution === undefined ? {} : { execution }),
    ...(consensus === undefined
      ? {}
      : { consensus: { ...consensus, handle: { ...handle, token: consensusToken ?? 'beacon' } } }),
    ...(began
      ? {
          validator: { ...common, client: 'gamma', folder, host: 'consensus', handle: signerHandle } as const,
        }
      : {}),
  };
  const keys = { count: 1, fingerprint: 'k' };
  const told: LoadedKeys = { folder, token: 'signer.beacon', fingerprint: 'k-set', settings: [] };
  return {
    ...base,
    signer: unit as ObservedSigner,
    signingOrder: known({ ...runAsPlanned, order }),
    journal: {
      ...base.journal,
      runs,
      keys,
      ...(began ? { signer: { ...signer, handle: signerHandle } } : {}),
      ...(loaded ? { loaded: told } : {}),
    },
  };
}

const planOf = (of: Seen, node: DesiredNode = desired) =>
  planNode(node, seen(of), nowMs).steps.filter(({ lane }) => lane !== 'aftercare');
const kinds = (of: Seen) =>
  planOf(of).map((step) => ('layer' in step ? `${step.kind} ${step.layer}` : step.kind));

describe('validators inside the program of their beacon node', () => {
  it('begin with the start of their signer, as one step, and are then told of their keys', () => {
    const [start, ...others] = planOf({ signs: false, loaded: false });
    expect(others).toEqual([]);
    expect(start).toMatchObject({
      kind: 'start',
      layer: 'validator',
      inside: {
        host: 'consensus',
        signer: { client: 'web3signer', fingerprint: 's-k', schema: signerSchema(identity) },
      },
    });
    expect(kinds({ signs: true, loaded: false })).toEqual(['load-keys']);
    expect(kinds({ signs: true })).toEqual([]);
  });

  it('are guarded before their signer starts, after each end of it', () => {
    const ended: Seen = { signs: false, began: true, other: { quiet: false } };
    expect(kinds(ended)).toEqual(['guard-keys', 'start validator']);
    const [, start] = planOf(ended);
    expect((start as StepOf<'start'>).inside).toBeDefined();
  });

  it('do not begin while their beacon node is not proven', () => {
    const consensus = { ...layer, proven: false, names: undefined };
    // One step at a time: what is of the network comes first.
    expect(kinds({ signs: false, other: { consensus } })).toEqual(['prove consensus', 'start validator']);
  });

  it('are told of their keys again after a new start of that program, and need no other signer', () => {
    expect(kinds({ signs: true, consensusToken: 'next' })).toEqual(['load-keys']);
    expect(keysIn(seen({ signs: true, consensusToken: 'next' }).journal)).toBe('signer.next');
  });

  it.each(['stop', 'halt'] as const)(
    'end by one step at an order to %s, and once more where their signer ended before',
    (order) => {
      expect(kinds({ signs: true, order })).toEqual(['stop validator']);
      expect(kinds({ signs: false, began: true, order })).toEqual(['stop validator']);
      expect(kinds({ signs: false, began: false, order })).toEqual([]);
    },
  );

  it('end when nobody configures them any more, by what they were started as', () => {
    const { validator: _, ...pair } = desired;
    expect(planOf({ signs: true }, pair).map(({ kind }) => kind)).toEqual(['stop']);
  });

  it('end before the program that they are in leaves its network', () => {
    const before = { ...layer, on: 9, names: 9 };
    const steps = planOf({ signs: true, other: { adopted: 9, execution: before, consensus: before } });
    const words = steps.map((step) => ('layer' in step ? `${step.kind} ${step.layer}` : step.kind));
    const atStop = words.indexOf('stop validator');
    expect(atStop).toBeGreaterThanOrEqual(0);
    for (const [index, word] of words.entries())
      if (/^(?:stop|start) (?:execution|consensus)$/.test(word)) expect(index).toBeGreaterThan(atStop);
  });

  it('are begun anew where their signer runs without them, or half of it', () => {
    const without = seen({ signs: false, began: true });
    const [alone, ...others] = planNode(desired, { ...without, signer: running }, nowMs).steps;
    expect(alone?.kind).toBe('stop-signer');
    expect(others.map(({ lane }) => lane)).not.toContain('network');
    const [half] = planNode(desired, { ...seen({ signs: true }), signer: { state: 'half' } }, nowMs).steps;
    expect(half).toMatchObject({ kind: 'stop', layer: 'validator', reason: 'recovery' });
  });

  it('have no signer that no record tells of, where nothing is known of the network', () => {
    const lost = seen({ signs: false, other: { adopted: undefined, bundles: [] } });
    const steps = planNode(desired, { ...lost, signer: { state: 'stray' } }, nowMs).steps;
    expect(steps.map(({ kind }) => kind)).toContain('stop-signer');
  });

  it('go down before everything else', () => {
    const [first] = planOf({ signs: true }, { ...desired, intent: 'down' });
    expect(first).toMatchObject({ kind: 'stop', layer: 'validator' });
  });
});
