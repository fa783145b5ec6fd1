import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isAlive, processIdentity } from './process-identity.ts';

async function must(pid: number | undefined) {
  const identity = pid === undefined ? undefined : await processIdentity(pid);
  if (identity === undefined) throw new Error('the process should be there');
  return identity;
}

describe('process identity', () => {
  it('is the same at each look and alive for ourselves', async () => {
    const first = await must(process.pid);
    expect(await must(process.pid)).toEqual(first);
    expect(await isAlive(first)).toBe(true);
  });

  it('is dead once the process ended', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const identity = await must(child.pid);
    expect(await isAlive(identity)).toBe(true);
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
    expect(await isAlive(identity)).toBe(false);
  });

  it('does not take another run under the same pid, or another boot, for the same', async () => {
    const identity = await must(process.pid);
    expect(await isAlive({ ...identity, startToken: '1' })).toBe(false);
    expect(await isAlive({ ...identity, bootId: 'another' })).toBe(false);
  });
});
