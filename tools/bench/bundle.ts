import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../src/base/random.ts';
import { publicNetwork } from '../../src/core/network/public-network.ts';
import { type Releaser, startReleaser } from '../../src/releases/serve/releaser.ts';
import { removeRelease } from '../../src/releases/store/install-release.ts';
import { openReleaseLibrary } from '../../src/releases/store/open-library.ts';
import { packFiles } from '../../test/support/pack-release.ts';
import { syntheticRelease } from '../../test/support/synthetic-release.ts';
import type { Bench } from './bench.ts';

const iteration = 167;
const validators = 30_200;

let folder = '';
let releaser: Releaser | undefined;
let runs = 0;

/** From asking for a release to having it verified, flushed and in its place. */
export const bench: Bench = {
  name: 'bundle',
  what: 'bundle of 30,200 validators: fetch from loopback, unpack, verify, install',
  unit: 's',
  limit: { value: 2 },
  warmups: 1,
  runs: 5,
  async prepare() {
    folder = await mkdtemp(join(tmpdir(), 'bench-bundle-'));
    await packFiles(
      join(folder, 'published', `ephemery-${iteration}`, 'network-config.tar.gz'),
      releaseFiles(),
    );
    const started = await startReleaser({ folder: join(folder, 'published') });
    releaser = started;
    return async () => {
      await started.close();
      await removeRelease(folder);
    };
  },
  async run() {
    const definition = {
      ...publicNetwork,
      releaseSources: [{ kind: 'github', url: releaser?.url ?? '' }] as const,
    };
    const library = openReleaseLibrary({ definition, root: join(folder, `root${runs++}`), environment: {} });
    const startedAtMs = performance.now();
    const outcome = await library.obtain({ iteration });
    const value = (performance.now() - startedAtMs) / 1_000;
    await library.close();
    if (outcome.outcome !== 'held')
      throw new Error(`the bundle was not obtained: ${JSON.stringify(outcome)}`);
    return { value };
  },
};

/** As large as the real one, and as little compressible: keys are random, and stand in the parsed state as well. */
function releaseFiles(): Map<string, Uint8Array> {
  const random = seededRandom('bench-bundle');
  const keys = Array.from({ length: validators }, () => random.bytes(48));
  const files = syntheticRelease({
    iteration,
    validators,
    pubkey: (index) => keys[index] ?? new Uint8Array(48),
  });
  const parsed = keys.map((key) => ({
    pubkey: `0x${Buffer.from(key).toString('hex')}`,
    withdrawal_credentials: `0x02${'00'.repeat(11)}${'de'.repeat(20)}`,
    effective_balance: '1024000000000',
    slashed: false,
    activation_eligibility_epoch: '0',
    activation_epoch: '0',
    exit_epoch: '18446744073709551615',
    withdrawable_epoch: '18446744073709551615',
  }));
  files.set(
    'parsed/parsedConsensusGenesis.json',
    Buffer.from(JSON.stringify({ validators: parsed }, undefined, 2)),
  );
  return files;
}
