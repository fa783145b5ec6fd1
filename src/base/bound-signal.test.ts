import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aborted, boundBy, untilAborted } from './bound-signal.ts';
import { systemClock } from './clock.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** While the test runs. AbortSignal.any of a signal and AbortSignal.timeout is lost to it on Node 20. */
function keepCollecting(): void {
  const collecting = setInterval(collectGarbage, 20);
  onTestFinished(() => clearInterval(collecting));
}

describe('a signal bound by others and a deadline', () => {
  it('aborts at its deadline although nobody but who waits holds it and garbage is collected', async () => {
    keepCollecting();
    const waiting = aborted(boundBy([new AbortController().signal], 200).signal);
    const lost = systemClock.sleep(3_000).then(() => 'lost');
    await expect(Promise.race([waiting, lost])).rejects.toThrow('no answer within 200 ms');
  });

  it('aborts with the first of its signals and gives its reason', async () => {
    keepCollecting();
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = aborted(boundBy([first.signal, second.signal]).signal);
    await systemClock.sleep(60);
    second.abort(new Error('the second'));
    first.abort(new Error('the first'));
    await expect(waiting).rejects.toThrow('the second');
  });

  it('is aborted from the start by a signal that is', () => {
    expect(boundBy([AbortSignal.abort('over')], 1_000).signal).toMatchObject({
      aborted: true,
      reason: 'over',
    });
  });

  it('leaves nothing on its signals once released, and does not abort any more', async () => {
    const source = new AbortController();
    const bound = boundBy([source.signal], 20);
    expect(getEventListeners(source.signal, 'abort')).toHaveLength(1);
    bound.release();
    expect(getEventListeners(source.signal, 'abort')).toHaveLength(0);
    await systemClock.sleep(60);
    source.abort();
    expect(bound.signal.aborted).toBe(false);
  });
});

describe('work that does not hear of a signal', () => {
  it('is what it comes to, and leaves nothing on the signal', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(7), signal)).toBe(7);
    await expect(untilAborted(Promise.reject(new Error('its own')), signal)).rejects.toThrow('its own');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('is not waited for once the signal is aborted, before or meanwhile', async () => {
    const endless = new Promise(() => undefined);
    await expect(untilAborted(endless, AbortSignal.abort('before'))).rejects.toBe('before');
    const over = new AbortController();
    const waiting = untilAborted(endless, over.signal);
    over.abort('meanwhile');
    await expect(waiting).rejects.toBe('meanwhile');
  });
});
