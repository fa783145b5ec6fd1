import { describe, expect, it } from 'vitest';
import { runCommand } from './exec.ts';

const sh = (script: string, more: object = {}) =>
  runCommand({ command: ['/bin/sh', '-c', script], env: {}, deadlineMs: 10_000, ...more });

describe('running a command', () => {
  it('gives exit code and both streams', async () => {
    expect(await sh('echo out; echo err >&2; exit 3')).toEqual({
      outcome: 'ended',
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('passes only the given environment', async () => {
    expect(await sh('echo "$A-$HOME"', { env: { A: '1' } })).toMatchObject({ stdout: '1-\n' });
  });

  it('keeps only the end of a long output', async () => {
    const outcome = await sh('i=0; while [ $i -lt 300 ]; do echo line $i; i=$((i+1)); done', {
      maxOutputBytes: 9,
    });
    expect(outcome).toMatchObject({ stdout: 'line 299\n' });
  });

  it('kills what is not done in time', async () => {
    expect(await sh('exec sleep 60', { deadlineMs: 50 })).toEqual({ outcome: 'deadline' });
  });

  it('throws the reason when aborted', async () => {
    await expect(sh('exec sleep 60', { signal: AbortSignal.timeout(50) })).rejects.toThrow('timeout');
  });

  it('says that there is no such program', async () => {
    expect(await runCommand({ command: ['/nothing/here'], env: {}, deadlineMs: 1_000 })).toEqual({
      outcome: 'not-found',
    });
  });
});
