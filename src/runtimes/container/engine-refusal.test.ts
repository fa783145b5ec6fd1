import { describe, expect, it } from 'vitest';
import { untilSettled } from './engine-refusal.ts';

const refusal = (message: string, statusCode = 500) =>
  Object.assign(new Error(`(HTTP code ${statusCode}) server error - ${message}`), {
    statusCode,
    json: { message },
  });

/** A question that is refused in these ways, one after the other, and then answered. */
function asked(...refusals: readonly Error[]) {
  const left = [...refusals];
  return untilSettled(async () => {
    const next = left.shift();
    if (next !== undefined) throw next;
    return 'exited';
  });
}

describe('a program that ends while the engine looks at its container', () => {
  const ended = () => refusal('read /proc/17761/cgroup: no such process');

  it('is looked at again', async () => {
    expect(await asked(ended(), ended())).toBe('exited');
  });

  it('is not looked at without end', async () => {
    await expect(asked(...Array.from({ length: 50 }, ended))).rejects.toThrow('no such process');
  });

  it.each([
    refusal('no space left on device'),
    refusal('no such container', 404),
    new Error('connect ENOENT /proc/1/cgroup'),
  ])('and any other refusal is told at once: %s', async (other) => {
    await expect(asked(other)).rejects.toBe(other);
  });
});
