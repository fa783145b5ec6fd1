import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { processIdentity } from '../../base/process-identity.ts';
import { systemRandom } from '../../base/random.ts';
import { createProcessRuntime } from './process-runtime.ts';
import { tokenOf } from './run-token.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-runtime-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a running unit', () => {
  it('is seen to run although its log cannot be rotated', async () => {
    const runtime = await createProcessRuntime({
      recordsFolder: join(folder, 'units'),
      logsFolder: join(folder, 'logs'),
      clock: systemClock,
      random: systemRandom,
      env: {},
      log: silentLog,
      logLimits: { maxBytes: 1, keep: 1 },
    });
    await mkdir(join(folder, 'logs'));
    await writeFile(join(folder, 'logs', 'u.log'), 'too long');
    // A folder where the copy is to be: as little to be written as a full disk.
    await mkdir(join(folder, 'logs', 'u.log.copying'));
    const self = await processIdentity(process.pid);
    if (self === undefined) throw new Error('this process cannot be found');
    const handle = { runtime: 'process', unit: 'u', token: tokenOf(self) };
    expect(await runtime.inspect(handle)).toMatchObject({ state: 'running' });
    expect(await readdir(join(folder, 'logs'))).toEqual(['u.log']);
  });
});
