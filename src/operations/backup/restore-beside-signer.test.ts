import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { toyProgram } from '../../../test/support/toy-signer.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { createProcessRuntime } from '../../runtimes/process/process-runtime.ts';
import { takeLock } from '../../storage/files/root-lock.ts';

let host: BackupHost;
beforeEach(async () => {
  host = await backupHost();
  await writeKeySet(host.paths.root, 'main', [1]);
});
afterEach(() => host.remove());

it('a restore is refused while a validator client runs that outlived its supervisor', async () => {
  await host.make();
  await mkdir(join(host.paths.nodes, 'home'), { recursive: true });
  await rm(join(host.paths.keys, 'main'), { recursive: true });
  const runtime = await createProcessRuntime({
    recordsFolder: join(host.folder, 'units'),
    logsFolder: join(host.folder, 'logs'),
    clock: systemClock,
    random: systemRandom,
    env: process.env,
    log: silentLog,
  });
  Object.assign(host.services, { runtimeIds: ['process'], runtime: async () => runtime });
  const handle = await runtime.start(toyProgram('toy', {}), {
    name: 'home.validator',
    args: ['run', host.folder],
    env: {},
    mounts: [{ key: 'data', hostPath: host.folder, writable: true }],
    workingMount: 'data',
    ports: [],
    stop: { signal: 'SIGTERM', deadlineMs: 60_000, resetStopDeadlineMs: 60_000 },
    readiness: { kind: 'none' },
  });
  try {
    await expect(host.restore()).rejects.toMatchObject({
      code: 'EPH-BACKUP-SIGNER-RUNS',
      facts: { nodes: ['home'] },
    });
    expect((await readdir(host.paths.keys)).filter((name) => !name.startsWith('.'))).toEqual([]);
  } finally {
    await runtime.stop(handle, { signal: 'SIGTERM', deadlineMs: 2_000 });
  }
  expect(await host.restore()).toMatchObject({ restored: true });
});

it('a dry run is made beside a supervisor, and changes nothing', async () => {
  await host.make();
  await rm(join(host.paths.keys, 'main'), { recursive: true });
  const lock = await takeLock(host.paths, 'up', host.clock.nowMs());
  try {
    await expect(host.restore()).rejects.toMatchObject({ code: 'EPH-ROOT-LOCKED' });
    expect(await host.restore({ dryRun: true })).toMatchObject({
      restored: false,
      proven: 1,
      keySets: [{ keySet: 'main', added: [expect.any(String)] }],
    });
  } finally {
    await lock.release();
  }
  expect(await readdir(host.paths.keys)).not.toContain('main');
  expect(await readdir(join(host.paths.root, 'backups/scratch'))).toEqual([]);
});
