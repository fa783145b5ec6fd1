import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NetworkDefinition } from '../../src/core/network/definition.ts';
import type { ForkName } from '../../src/core/network/forks.ts';
import { publicNetwork } from '../../src/core/network/public-network.ts';
import { scheduleOf } from '../../src/core/network/schedule.ts';
import { type BuiltRelease, buildRelease } from '../../src/genesis/build-release.ts';
import { devnetInputs } from '../../src/genesis/devnet-inputs.ts';
import { readInputs } from '../../src/genesis/read-inputs.ts';
import { writeRelease } from '../../src/genesis/write-release.ts';
import { deriveValidatorKeys } from '../../src/mayfly/keys/validator-keys.ts';
import { type Releaser, startReleaser } from '../../src/releases/serve/releaser.ts';
import { removeRelease } from '../../src/releases/store/install-release.ts';
import { openReleaseLibrary } from '../../src/releases/store/open-library.ts';
import { describeIf } from '../support/describe-if.ts';

// What the genesis engine builds is what the release engine accepts, though neither knows the other.
let folder: string;
let releaser: Releaser;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'built-release-'));
  releaser = await startReleaser({ folder: join(folder, 'published') });
});

afterEach(async () => {
  await releaser.close();
  await removeRelease(folder);
});

async function obtained(release: BuiltRelease, definition: NetworkDefinition, kind: 'github' | 'mirror') {
  await writeRelease(release, join(folder, `published-${kind}`, release.tag));
  releaser.publish(release.tag, join(folder, `published-${kind}`, release.tag));
  const url = kind === 'github' ? releaser.url : releaser.mirrorUrl;
  const library = openReleaseLibrary({
    definition: { ...definition, releaseSources: [{ kind, url }] },
    root: join(folder, `root-${kind}`),
    environment: {},
  });
  const outcome = await library.obtain({ iteration: release.identity.iteration });
  await library.close();
  return outcome;
}

const devnet: NetworkDefinition = {
  name: 'devnet',
  baseTimeSeconds: 1_790_000_000,
  baseChainId: 77_000,
  periodSeconds: 120,
  genesisDelaySeconds: 15,
  publishLeadSeconds: 30,
  prefetchLeadSeconds: 30,
  releaseTagPrefix: 'devnet-',
  releaseSources: [],
  checkpointProviders: [],
};

describe('a built devnet', () => {
  it.each<ForkName>(['electra', 'fulu'])(
    'up to %s is served, fetched and accepted without findings',
    async (lastFork) => {
      const keys = deriveValidatorKeys('built-release', 8);
      const credentials = `0x01${'00'.repeat(11)}${'aa'.repeat(20)}`;
      const lines = keys.map(
        ({ pubkey }) => `0x${Buffer.from(pubkey).toString('hex')}:${credentials}:32000000000`,
      );
      const { chainId, startSeconds } = scheduleOf(devnet, 0);
      const { periodSeconds, genesisDelaySeconds } = devnet;
      const inputs = devnetInputs({
        iteration: 0,
        chainId,
        startSeconds,
        periodSeconds,
        genesisDelaySeconds,
        slotSeconds: 1,
        validators: [{ name: 'all', lines }],
      });
      const release = await buildRelease({ inputs, iteration: 3, lastFork, tagPrefix: 'devnet-' });
      for (const kind of ['github', 'mirror'] as const) {
        expect(await obtained(release, devnet, kind)).toMatchObject({
          outcome: 'held',
          findings: [],
          bundle: { tag: 'devnet-3', identity: release.identity, highestFork: lastFork, periodSeconds: 120 },
        });
      }
    },
  );
});

const shared = process.env.EPHEMERY_SHARED_DATA ?? resolve(import.meta.dirname, '../../../shared/data');
const publicInputs = join(shared, 'ephemery-genesis-160');

describeIf(existsSync(publicInputs) ? undefined : `no ${publicInputs}`)(
  'the public network’s own inputs',
  () => {
    it('give a release that is accepted without findings', async () => {
      const release = await buildRelease({ inputs: await readInputs(publicInputs), iteration: 160 });
      expect(await obtained(release, publicNetwork, 'github')).toMatchObject({
        outcome: 'held',
        findings: [],
        bundle: { tag: 'ephemery-160', identity: release.identity, highestFork: 'fulu' },
      });
    });
  },
);
