import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../src/base/secret.ts';
import { keystoreText, usualPbkdf2 } from '../../src/core/keys/keystore.ts';
import { deriveKeySync, sealWith } from '../../src/core/keys/keystore-cipher.ts';
import { doJob } from '../../src/keys/workers/do-job.ts';
import type { Bench } from './bench.ts';
import { leastSecondsTogether } from './key-bench.ts';

const count = 1_000;
const program = join(import.meta.dirname, '../../dist/app/main.js');
let folder = '';

export const bench: Bench = {
  name: 'keys-import',
  what: '`ephemery keys import` of 1,000 keystores with pbkdf2, all opened and kept, over the time that as many bare pbkdf2 take on all cores, measured before and after',
  unit: 'x',
  limit: { value: 1.15 },
  warmups: 0,
  runs: 3,
  prepare: async () => {
    folder = mkdtempSync(join(tmpdir(), 'ephemery-bench-'));
    writeFileSync(join(folder, 'password.txt'), 'password');
    // One derived key for all: sealing is not what is measured.
    const parts = { derivation: usualPbkdf2, salt: new Uint8Array(randomBytes(32)) };
    const derived = deriveKeySync(new Secret('password'), { ...parts, derivedLength: 32 });
    const indices = Array.from({ length: count }, (_, at) => at);
    for (const { index, pubkey, secretKey } of doJob({
      kind: 'derive',
      seed: new Uint8Array(64).fill(7),
      indices,
    })) {
      const iv = new Uint8Array(randomBytes(16));
      const draft = { ...parts, pubkey, secretKey: new Secret(secretKey), path: '', iv, uuid: randomUUID() };
      writeFileSync(join(folder, `keystore-${index}.json`), keystoreText(sealWith(draft, derived)));
    }
    return async () => rmSync(folder, { recursive: true, force: true });
  },
  run: async () => {
    const before = await leastSecondsTogether(usualPbkdf2, count / 2);
    const home = mkdtempSync(join(tmpdir(), 'ephemery-bench-'));
    const startMs = performance.now();
    const { status, stderr } = spawnSync(
      process.execPath,
      [program, 'keys', 'import', folder, '--home', home, '--json'],
      {
        encoding: 'utf8',
      },
    );
    const seconds = (performance.now() - startMs) / 1_000;
    rmSync(home, { recursive: true, force: true });
    if (status !== 0) throw new Error(`ended with ${status}: ${stderr}`);
    const least = before + (await leastSecondsTogether(usualPbkdf2, count / 2));
    return { value: seconds / least, peakMemoryMb: 'unknown' };
  },
};
