import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../base/answer.ts';
import type { NetworkIdentity } from '../network/identity.ts';
import { publicNetwork } from '../network/public-network.ts';
import { scheduleOf } from '../network/schedule.ts';
import type { ExternalNode, SeenExternal } from './external-node.ts';
import { judgeExternal } from './judge-external.ts';

const node: ExternalNode = {
  name: 'theirs',
  network: publicNetwork,
  execution: { client: 'geth', url: 'http://us:word@127.0.0.1:8545' },
  consensus: { client: 'lighthouse', url: 'http://127.0.0.1:5052' },
};

const hash = (digit: string) => `0x${digit.repeat(64)}`;

const identityOf = (iteration: number): NetworkIdentity => ({
  iteration,
  chainId: scheduleOf(publicNetwork, iteration).chainId,
  genesisTimeSeconds: scheduleOf(publicNetwork, iteration).genesisSeconds,
  genesisValidatorsRoot: hash('a'),
  executionGenesisHash: hash('b'),
});

const silent = unknown('connection refused');

function on(execution: number, consensus = execution): SeenExternal {
  return {
    chainId: known(identityOf(execution).chainId),
    executionGenesisHash: known(hash('B')),
    executionHead: known(10),
    executionVersion: known('Geth/v1.17.6'),
    genesisTimeSeconds: known(identityOf(consensus).genesisTimeSeconds),
    genesisValidatorsRoot: known(hash('A')),
    consensusVersion: known('Lighthouse/v8'),
    syncing: known({ headSlot: 12, syncDistance: 0, elOffline: false }),
  };
}

const middleOf = (iteration: number) => (scheduleOf(publicNetwork, iteration).startSeconds + 86_400) * 1_000;
const at = (iteration: number, released: readonly number[] = [iteration]) => ({
  nowMs: middleOf(iteration),
  known: released.map(identityOf),
});
const codes = (seen: SeenExternal, when = at(166)) =>
  judgeExternal(node, seen, when).findings.map(({ code, subject }) => `${code} ${subject.layer}`);

describe('an observed node', () => {
  it('on the wanted iteration has nothing to tell', () => {
    const verdict = judgeExternal(node, on(166), at(166));
    expect(verdict).toMatchObject({ wanted: 166, resetsMissed: 0, findings: [] });
    expect(verdict.running.execution).toEqual({ is: 'iteration', iteration: 166 });
  });

  it('that slept through resets is told of with their number', () => {
    const verdict = judgeExternal(node, on(163), at(166));
    expect(verdict.resetsMissed).toBe(3);
    expect(verdict.findings.map(({ long }) => long)).toEqual([
      'The execution client is on iteration 163; by the clock it should be on 166: 3 reset(s) missed.',
      'The consensus client is on iteration 163; by the clock it should be on 166: 3 reset(s) missed.',
    ]);
  });

  it('is judged by each layer for itself', () => {
    expect(codes(on(166, 165))).toEqual(['EPH-EXTERNAL-RESETS-MISSED consensus']);
    expect(codes(on(165, 166))).toEqual(['EPH-EXTERNAL-RESETS-MISSED execution']);
  });

  it('that joined the next network early is told of', () => {
    expect(codes(on(167))).toEqual(['EPH-EXTERNAL-AHEAD execution', 'EPH-EXTERNAL-AHEAD consensus']);
  });

  it('with the right numbers and another genesis is on a wrong network', () => {
    expect(codes({ ...on(166), executionGenesisHash: known(hash('c')) })).toEqual([
      'EPH-EXTERNAL-WRONG-NETWORK execution',
    ]);
    expect(codes({ ...on(166), genesisValidatorsRoot: known(hash('c')) })).toEqual([
      'EPH-EXTERNAL-WRONG-NETWORK consensus',
    ]);
  });

  it('is believed by its numbers while no release is at hand', () => {
    const when = { nowMs: middleOf(166), known: [] };
    expect(codes({ ...on(166), genesisValidatorsRoot: known(hash('c')) }, when)).toEqual([]);
  });

  it('on some other chain is on a wrong network', () => {
    expect(codes({ ...on(166), chainId: known(1) })).toEqual(['EPH-EXTERNAL-WRONG-NETWORK execution']);
    expect(codes({ ...on(166), genesisTimeSeconds: known(1_606_824_023) })).toEqual([
      'EPH-EXTERNAL-WRONG-NETWORK consensus',
    ]);
  });

  it('whose consensus client has lost its execution client is told of', () => {
    const seen = { ...on(166), syncing: known({ headSlot: 12, syncDistance: 0, elOffline: true }) };
    expect(codes(seen)).toEqual(['EPH-EXTERNAL-EXECUTION-OFFLINE consensus']);
  });

  it('that is silent is unknown, whatever the other layer says, and has missed nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 150, max: 170 }), (iteration) => {
        const seen = { ...on(iteration), chainId: silent };
        const verdict = judgeExternal(node, seen, at(166));
        expect(verdict.running.execution).toEqual({ is: 'unknown', reason: 'connection refused' });
        const own = verdict.findings.filter(({ subject }) => subject.layer === 'execution');
        expect(own.map(({ code }) => code)).toEqual(['EPH-EXTERNAL-SILENT']);
        expect(own[0]?.facts.url).toBe('http://127.0.0.1:8545');
      }),
    );
    const all = { ...on(160), chainId: silent, genesisTimeSeconds: silent };
    expect(judgeExternal(node, all, at(166)).resetsMissed).toBe(0);
  });
});
