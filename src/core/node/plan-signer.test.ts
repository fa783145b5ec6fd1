import { describe, expect, it } from 'vitest';
import { identityOf } from '../../../test/simulation/network.ts';
import { known, unknown } from '../../base/answer.ts';
import { identityName } from '../network/identity.ts';
import type { Aim } from './aim.ts';
import type { ObservedSigner } from './observed.ts';
import { planSignerStop, signerDiffers, signerDown, signerStart } from './plan-signer.ts';
import { signerSchema } from './signer-schema.ts';
import { runAsPlanned } from './signing-order.ts';

const identity = identityOf(10);
const stop = { signal: 'SIGTERM', deadlineMs: 30_000, resetStopDeadlineMs: 30_000 } as const;
const handle = { runtime: 'fake', unit: 'home.signer', token: 't' };
const asWanted = {
  client: 'web3signer',
  fingerprint: 's-k',
  folder: signerSchema(identity),
  identity: identityName(identity),
  handle,
};

interface Given {
  readonly unit?: ObservedSigner;
  readonly run?: Partial<typeof asWanted> | 'none';
  readonly keys?: 'k' | 'other' | 'unreadable';
  readonly order?: 'run' | 'stop' | 'halt';
  readonly configured?: boolean;
  readonly mayRun?: boolean;
}

function aim(given: Given): Aim {
  const { unit, run = {}, keys = 'k', order = 'run', configured = true, mayRun = true } = given;
  return {
    desired: {
      consensus: { stop },
      validator: {
        stop,
        ...(configured ? { signer: { client: 'web3signer', fingerprint: 's', stop } } : {}),
      },
    },
    observed: {
      journal: run === 'none' ? {} : { signer: { ...asWanted, ...run } },
      ...(unit === undefined ? {} : { signer: unit }),
      keys: keys === 'unreadable' ? unknown('no disk') : known({ count: 1, fingerprint: keys }),
      signingOrder: known({ ...runAsPlanned, order }),
    },
    target: { identity, validatorMayRun: mayRun, bundle: {} },
  } as unknown as Aim;
}

const running = { state: 'running' } as const;
const kinds = (steps: readonly { readonly kind: string }[]) => steps.map(({ kind }) => kind);

describe('a signer', () => {
  it('is started on the schema of the network with the keys of now, and again when it ended', () => {
    const [step] = signerStart(aim({ unit: { state: 'off' }, run: 'none' }));
    expect(step).toMatchObject({
      kind: 'start-signer',
      fingerprint: 's-k',
      schema: asWanted.folder,
      lane: 'validator',
    });
    expect(kinds(signerStart(aim({ unit: { state: 'off' } })))).toEqual(['start-signer']);
    expect(signerStart(aim({ unit: running }))).toEqual([]);
    expect(kinds(signerStart(aim({ unit: { state: 'unknown', reason: 'silent' } })))).toEqual([
      'await-runtime',
    ]);
    expect(signerStart(aim({ configured: false }))).toEqual([]);
    expect(signerStart(aim({ unit: { state: 'off' }, keys: 'unreadable' }))).toEqual([]);
  });

  it('is made whole where only one of it and its database runs, and ended where it may not run', () => {
    const half = { state: 'half' } as const;
    expect(planSignerStop(aim({ unit: half }))).toEqual([]);
    expect(kinds(signerStart(aim({ unit: half })))).toEqual(['start-signer']);
    expect(kinds(planSignerStop(aim({ unit: half, order: 'halt' })))).toEqual(['stop-signer']);
    expect(kinds(planSignerStop(aim({ unit: half, configured: false })))).toEqual(['stop-signer']);
    expect(kinds(planSignerStop(aim({ unit: half, keys: 'other' })))).toEqual(['stop-signer']);
    const { desired, observed } = aim({ unit: half });
    expect(kinds(signerDown(desired, observed))).toEqual(['stop-signer']);
  });

  it('tells what it remembers when it is stopped, but neither in an emergency nor at a reset', () => {
    const stopped = (given: Given) => planSignerStop(aim({ unit: running, ...given }));
    expect(stopped({ order: 'stop' })).toMatchObject([{ kind: 'stop-signer', keep: true }]);
    expect(stopped({ keys: 'other' })).toMatchObject([{ kind: 'stop-signer', keep: true }]);
    expect(stopped({ order: 'halt' })).toMatchObject([{ kind: 'stop-signer', keep: false }]);
    expect(stopped({ run: { identity: 'another' } })).toMatchObject([{ kind: 'stop-signer', keep: false }]);
  });

  it('runs on while nothing changes, and while keys cannot be read', () => {
    for (const keys of ['k', 'unreadable'] as const) {
      expect(planSignerStop(aim({ unit: running, keys }))).toEqual([]);
      expect(signerDiffers(aim({ unit: running, keys }))).toBe(false);
    }
    expect(planSignerStop(aim({ unit: { state: 'unknown', reason: 'silent' }, keys: 'other' }))).toEqual([]);
  });

  it.each([
    ['other keys', { keys: 'other' }],
    ['other settings', { run: { fingerprint: 'old-k' } }],
    ['another network', { run: { identity: '9-00000000' } }],
    ['another network, keys unreadable', { run: { identity: '9-00000000' }, keys: 'unreadable' }],
  ] satisfies [string, Given][])('is another signer with %s: both end and begin anew', (_, given) => {
    expect(signerDiffers(aim({ unit: running, ...given }))).toBe(true);
    expect(kinds(planSignerStop(aim({ unit: running, ...given })))).toEqual(['stop-signer']);
  });

  it.each([
    ['nobody knows what it was started on', { unit: { state: 'stray' } }],
    ['it is stopped by hand', { order: 'stop' }],
    ['the configuration has none any more', { configured: false }],
    ['the iteration is over', { mayRun: false }],
  ] satisfies [string, Given][])('ends when %s', (_, given) => {
    expect(kinds(planSignerStop(aim({ unit: running, ...given })))).toEqual(['stop-signer']);
  });

  it('ends in a hurry when signing is halted, and on the way down', () => {
    expect(planSignerStop(aim({ unit: running, order: 'halt' }))).toMatchObject([{ deadlineMs: 700 }]);
    const { desired, observed } = aim({ unit: running });
    expect(signerDown(desired, observed)).toMatchObject([
      { kind: 'stop-signer', deadlineMs: 30_000, keep: true },
    ]);
    expect(signerDown(desired, aim({ unit: { state: 'off' } }).observed)).toEqual([]);
  });
});
