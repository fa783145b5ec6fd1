import { describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import type { ReleaseBundle } from '../../core/network/bundle.ts';
import type { NetworkIdentity } from '../../core/network/identity.ts';
import { publicNetwork } from '../../core/network/public-network.ts';
import { scheduleOf } from '../../core/network/schedule.ts';
import type { ReleaseLibrary } from '../../releases/release-library.ts';
import { collectReleases } from './collect-releases.ts';

const bundle = (iteration: number) => {
  const identity: NetworkIdentity = {
    iteration,
    chainId: iteration,
    genesisValidatorsRoot: '0x1',
    executionGenesisHash: '0x2',
    genesisTimeSeconds: iteration,
  };
  return { identity } as ReleaseBundle;
};
const nowMs = scheduleOf(publicNetwork, 166).startSeconds * 1000;

function libraryOf(iterations: readonly number[]) {
  const removed: number[] = [];
  const library = {
    held: async () => iterations.map((each) => ({ bundle: bundle(each), source: 's', fetchedAtMs: 0 })),
    remove: async ({ identity }: ReleaseBundle) => void removed.push(identity.iteration),
  } as unknown as ReleaseLibrary;
  return { library, removed };
}

describe('collecting old releases', () => {
  it('removes what no node is on any more', async () => {
    const { library, removed } = libraryOf([167, 166, 165, 164]);
    const inUse = () => [bundle(165).identity];
    await collectReleases({ definition: publicNetwork, library, inUse }, { keep: 1, nowMs, log: silentLog });
    expect(removed).toEqual([164]);
  });

  it('removes nothing while a node has not said what it is on', async () => {
    const { library, removed } = libraryOf([167, 166, 165, 164]);
    const inUse = () => undefined;
    await collectReleases({ definition: publicNetwork, library, inUse }, { keep: 1, nowMs, log: silentLog });
    expect(removed).toEqual([]);
  });
});
