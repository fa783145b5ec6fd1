import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { endContainer } from './end-container.ts';
import type { Engine } from './engine.ts';

let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock(0);
});

/** A container that ends some time after it got a signal, in an engine that takes its time to answer. */
class ToyContainer {
  readonly signals: string[] = [];
  /** How long an answer takes; it tells what was when the question came. */
  lookMs = 0;
  /** How often a signal is refused before one is let through. */
  refusals = 0;
  endsAfterMs = 0;
  private endsAtMs = Number.POSITIVE_INFINITY;
  private exitCode = 0;

  private readonly docker = {
    getContainer: () => ({
      inspect: async () => {
        const State = { Running: clock.monotonicMs() < this.endsAtMs, ExitCode: this.exitCode };
        await clock.sleep(this.lookMs);
        return { State };
      },
      kill: async ({ signal }: { signal: string }) => {
        if (this.refusals > 0) {
          this.refusals -= 1;
          throw Object.assign(new Error('container state improper'), { statusCode: 500 });
        }
        this.signals.push(signal);
        this.end(signal);
      },
    }),
  };

  async ask(work: (docker: unknown) => unknown): Promise<unknown> {
    return work(this.docker);
  }

  private end(signal: string): void {
    const nowMs = clock.monotonicMs();
    const atMs = signal === 'SIGKILL' ? nowMs : nowMs + this.endsAfterMs;
    if (atMs >= this.endsAtMs) return;
    this.endsAtMs = atMs;
    this.exitCode = signal === 'SIGKILL' ? 137 : 0;
  }
}

async function stopped(container: ToyContainer, deadlineMs = 5_000) {
  const around = { engine: container as unknown as Engine, clock };
  const ending = endContainer('x', { signal: 'SIGTERM', deadlineMs }, around);
  await clock.advance(60_000);
  return ending;
}

describe('the end of a container', () => {
  it('is by its signal, or by SIGKILL at the deadline', async () => {
    const container = new ToyContainer();
    container.endsAfterMs = 4_900;
    expect(await stopped(container)).toBe('stopped');
    expect(container.signals).toEqual(['SIGTERM']);
    const deaf = new ToyContainer();
    deaf.endsAfterMs = Number.POSITIVE_INFINITY;
    expect(await stopped(deaf)).toBe('killed');
    expect(deaf.signals).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('is not taken for late because the engine is slow to tell of it', async () => {
    const container = new ToyContainer();
    container.endsAfterMs = 200;
    container.lookMs = 6_000;
    expect(await stopped(container)).toBe('stopped');
    expect(container.signals).toEqual(['SIGTERM']);
  });

  it('is by a signal that is sent again when the engine refused it', async () => {
    const container = new ToyContainer();
    container.refusals = 2;
    expect(await stopped(container)).toBe('stopped');
    expect(container.signals).toEqual(['SIGTERM']);
  });

  it('that came between the deadline and the kill is its own', async () => {
    const container = new ToyContainer();
    container.endsAfterMs = 5_100;
    container.lookMs = 300;
    expect(await stopped(container)).toBe('stopped');
  });
});
