import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../src/base/random.ts';
import type { Interchange, SigningHistory } from '../../src/core/keys/interchange.ts';
import { type PublicKey, publicKeyOf } from '../../src/core/keys/public-key.ts';
import { writeInterchange } from '../../src/protection/interchange-file.ts';
import type { Bench, BenchSample } from './bench.ts';

const validators = 10_000;
const entriesAFile = 50;
const genesisValidatorsRoot = `0x${'5a'.repeat(32)}`;

let folder = '';

/** Two stores of the same keys: one file took over from the other, and an epoch in ten stands in both. */
export const bench: Bench = {
  name: 'merge-protection',
  what: 'in a process of its own, two slashing protection files of 10,000 validators, 1,000,000 entries: read, merge, write',
  unit: 's',
  limit: { value: 10 },
  memoryLimitMb: 500,
  warmups: 0,
  runs: 3,
  async prepare() {
    folder = await mkdtemp(join(tmpdir(), 'bench-protection-'));
    await writeInterchange(join(folder, 'a.json'), store(0));
    await writeInterchange(join(folder, 'b.json'), store(45));
    return () => rm(folder, { recursive: true, force: true });
  },
  async run() {
    const [a, b, merged] = ['a.json', 'b.json', 'merged.json'].map((name) => join(folder, name));
    const child = fork(
      join(import.meta.dirname, 'merge-protection-child.ts'),
      [a ?? '', b ?? '', merged ?? ''],
      {
        execArgv: ['--import', 'tsx'],
      },
    );
    const [sample] = (await once(child, 'message')) as [BenchSample];
    return sample;
  },
};

function store(firstEpoch: number): Interchange {
  const random = seededRandom('bench-protection');
  const histories = new Map<PublicKey, SigningHistory>();
  for (let index = 0; index < validators; index += 1) {
    const bytes = new Uint8Array(random.bytes(48));
    bytes[0] = 0x80;
    const pubkey = publicKeyOf(bytes);
    const attestations = Array.from({ length: entriesAFile }, (_, offset) => ({
      sourceEpoch: firstEpoch + offset,
      targetEpoch: firstEpoch + offset + 1,
      signingRoot: `0x${(index * 1_000 + firstEpoch + offset).toString(16).padStart(64, '7')}`,
    }));
    histories.set(pubkey, { pubkey, blocks: [], attestations });
  }
  return { genesisValidatorsRoot, histories };
}
