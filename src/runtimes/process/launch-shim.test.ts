import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootId, processIdentity } from '../../base/process-identity.ts';
import {
  claimedBy,
  notLaunchedExitCode,
  removeReport,
  reportPathOf,
  revoke,
  shimCommand,
  sweepReports,
} from './launch-shim.ts';

let folder: string;
let boot: string;
let report: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-shim-'));
  boot = await bootId();
  report = reportPathOf(folder, { name: 'n.execution', runId: '0123', bootId: boot });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function launch(command: readonly string[]) {
  const [program = '', ...args] = shimCommand(report, command);
  return spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'] });
}

async function exitCodeOf(child: ReturnType<typeof launch>): Promise<unknown> {
  const [code] = await once(child, 'exit');
  return code;
}

describe('the launch shim', () => {
  it('reports exactly the process that becomes the program', async () => {
    const child = launch(['/bin/sh', '-c', 'read line; exit 7']);
    let identity = await claimedBy(report, boot);
    while (identity === undefined) identity = await claimedBy(report, boot);
    expect(identity).toEqual(await processIdentity(Number(child.pid)));
    expect(await revoke(report, boot)).toEqual(identity);
    child.stdin.end('\n');
    expect(await exitCodeOf(child)).toBe(7);
  });

  it('never becomes the program once its run was revoked, however late it comes', async () => {
    expect(await revoke(report, boot)).toBeUndefined();
    const proof = join(folder, 'it-ran');
    const child = launch(['/bin/sh', '-c', `: >'${proof}'`]);
    expect(await exitCodeOf(child)).toBe(notLaunchedExitCode);
    await expect(stat(proof)).rejects.toThrow('ENOENT');
  });

  it('gives the arguments to the program as they are', async () => {
    const odd = join(folder, `it's "odd" $HOME *`);
    expect(await exitCodeOf(launch(['/bin/sh', '-c', ': >"$1"', 'sh', odd]))).toBe(0);
    expect((await stat(odd)).isFile()).toBe(true);
  });

  it('leaves revoked claims of this boot, and only those, to the sweep', async () => {
    await revoke(report, boot);
    const earlier = reportPathOf(folder, { name: 'n.execution', runId: '9', bootId: 'earlier' });
    await revoke(earlier, 'earlier');
    await writeFile(earlier, '1\n1\n');
    await writeFile(join(folder, 'n.execution.json'), '{}');
    await sweepReports(folder, boot);
    expect(new Set(await readdir(folder))).toEqual(
      new Set(['n.execution.json', `n.execution.0123.${boot}.start.claim`]),
    );
    await removeReport(report);
    expect(await readdir(folder)).toEqual(['n.execution.json']);
  });
});
