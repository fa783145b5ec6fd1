import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { processIdentity } from '../../base/process-identity.ts';
import { systemRandom } from '../../base/random.ts';
import { unitSpec } from '../conformance-harness.ts';
import { createProcessRuntime } from './process-runtime.ts';
import { tokenOf } from './run-token.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-runtime-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const runtimeIn = (root: string) =>
  createProcessRuntime({
    recordsFolder: join(root, 'units'),
    logsFolder: join(root, 'logs'),
    clock: systemClock,
    random: systemRandom,
    env: {},
    log: silentLog,
  });

describe('a unit of a root', () => {
  const program = {
    client: 'toy',
    version: '1',
    command: [process.execPath, '-e', 'setInterval(() => undefined, 1000)', '--'],
  };
  const gentle = { signal: 'SIGTERM', deadlineMs: 5_000 } as const;

  it('is not that of a copy, which neither finds nor ends it; where the root is moved to, it is', async () => {
    const root = join(folder, 'root');
    const handle = await (await runtimeIn(root)).start(program, unitSpec('u'));
    await cp(root, join(folder, 'copy'), { recursive: true });
    const copy = await runtimeIn(join(folder, 'copy'));
    expect(await copy.recover('u')).toBeUndefined();
    expect(await copy.inspect(handle)).toEqual({ state: 'absent' });
    expect(await copy.stop(handle, gentle)).toBe('was-not-running');
    await rename(root, join(folder, 'moved'));
    const moved = await runtimeIn(join(folder, 'moved'));
    expect(await moved.recover('u')).toEqual(handle);
    expect(await moved.inspect(handle)).toMatchObject({ state: 'running' });
    expect(await moved.stop(handle, gentle)).toBe('stopped');
  });
});

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
