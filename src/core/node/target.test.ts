import { describe, expect, it } from 'vitest';
import { desiredNodeOn } from '../../../test/support/desired-node.ts';
import { known, unknown } from '../../base/answer.ts';
import type { ReleaseBundle } from '../network/bundle.ts';
import type { NetworkIdentity } from '../network/identity.ts';
import { publicNetwork } from '../network/public-network.ts';
import { scheduleOf } from '../network/schedule.ts';
import { emptyJournal } from './journal-state.ts';
import type { ObservedNode } from './observed.ts';
import { chooseTarget } from './target.ts';

const startMs = scheduleOf(publicNetwork, 167).startSeconds * 1000;

const desired = desiredNodeOn(publicNetwork);

function identityOf(iteration: number): NetworkIdentity {
  const { chainId, genesisSeconds } = scheduleOf(publicNetwork, iteration);
  const hash = `0x${iteration.toString(16).padStart(64, '0')}`;
  return {
    iteration,
    chainId,
    genesisValidatorsRoot: hash,
    executionGenesisHash: hash,
    genesisTimeSeconds: genesisSeconds,
  };
}

function bundleOf(iteration: number): ReleaseBundle {
  const { periodSeconds, genesisDelaySeconds } = publicNetwork;
  return {
    tag: `ephemery-${iteration}`,
    identity: identityOf(iteration),
    startSeconds: scheduleOf(publicNetwork, iteration).startSeconds,
    periodSeconds,
    genesisDelaySeconds,
    highestFork: 'fulu',
    enodes: [],
    bootstrapEnrs: [],
    depositContractAddress: '0x',
    directory: `/r/${iteration}`,
  };
}

/** A node on iteration 166 that holds these releases. */
function seen(held: readonly number[], more: Partial<ObservedNode> = {}): ObservedNode {
  const identity = identityOf(166);
  return {
    journal: { ...emptyJournal, reset: { identity }, adopted: [identity], highestProven: 166 },
    chains: [],
    bundles: held.map(bundleOf),
    clockSkewMs: known(0),
    freeBytes: known(1e12),
    ...more,
  } as unknown as ObservedNode;
}

const codesAt = (nowMs: number, observed: ObservedNode) =>
  chooseTarget({ desired, observed, nowMs }).findings.map(({ code }) => code);

describe('the target on the public network', () => {
  it('is awaited from T on; that it is late is told after five minutes', () => {
    const choice = chooseTarget({ desired, observed: seen([166]), nowMs: startMs });
    expect(choice).toMatchObject({ wanted: 167, awaits: 167, findings: [] });
    expect(choice.target).toMatchObject({ identity: { iteration: 166 }, validatorMayRun: false });
    expect(codesAt(startMs + 299_999, seen([166]))).toEqual([]);
    expect(codesAt(startMs + 300_000, seen([166]))).toEqual(['EPH-NODE-RELEASE-LATE']);
  });

  it('is not the next network before T, though its release is held', () => {
    const choice = chooseTarget({ desired, observed: seen([166, 167]), nowMs: startMs - 1 });
    expect(choice).toMatchObject({ wanted: 166, target: { identity: { iteration: 166 } } });
    const atT = chooseTarget({ desired, observed: seen([166, 167]), nowMs: startMs });
    expect(atT.target).toMatchObject({ identity: { iteration: 167 }, validatorMayRun: true, mayMove: true });
  });

  it('moves although neither clock nor room could be measured: not knowing is no reason to stay', () => {
    const blind = seen([166, 167], { clockSkewMs: unknown('no host'), freeBytes: unknown('EIO') });
    const choice = chooseTarget({ desired, observed: blind, nowMs: startMs });
    expect(choice).toMatchObject({ target: { identity: { iteration: 167 }, mayMove: true }, findings: [] });
  });

  it('stays with too little room, and with a clock that is off by more than two minutes either way', () => {
    const cramped = seen([166, 167], { freeBytes: known(999) });
    expect(codesAt(startMs, cramped)).toEqual(['EPH-NODE-DISK-LOW']);
    for (const skewMs of [120_001, -120_001]) {
      const off = seen([166, 167], { clockSkewMs: known(skewMs) });
      const choice = chooseTarget({ desired, observed: off, nowMs: startMs });
      expect(choice.target?.identity.iteration).toBe(166);
      expect(choice.findings.map(({ code }) => code)).toEqual(['EPH-NODE-CLOCK-BLOCKS-RESET']);
    }
    expect(codesAt(startMs, seen([166, 167], { clockSkewMs: known(120_000) }))).toEqual([]);
  });
});
