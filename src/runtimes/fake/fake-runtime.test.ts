import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { conformanceCases } from '../conformance.ts';
import type { ProgramScript, RuntimeHarness } from '../conformance-harness.ts';
import { taskSpec, unitSpec } from '../conformance-harness.ts';
import { untilReady } from '../readiness.ts';
import type { InstalledProgram } from '../runtime.ts';
import { FakeHost } from './fake-host.ts';
import { createFakeProber } from './fake-prober.ts';
import { type FakeMoment, FakeRuntime } from './fake-runtime.ts';
import { type FakeBehaviour, refusesOtherGenesis } from './fake-script.ts';

const program: InstalledProgram = { client: 'toy', version: '1', command: ['toy'] };

async function settleBy<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let settled = false;
  const done = () => {
    settled = true;
  };
  promise.then(done, done);
  while (!settled) await clock.advance(20);
  return promise;
}

function fakeHarness(): RuntimeHarness {
  const clock = new VirtualClock(1_700_000_000_000);
  const host = new FakeHost({
    clock,
    behaviour: ({ program: toy }) => JSON.parse(toy.command[1] ?? '{"startFails":"not there"}'),
  });
  let life = new AbortController();
  let runtime = new FakeRuntime({ host, life: life.signal });
  return {
    clock,
    runtime: () => runtime,
    restart: async () => {
      life.abort(new Error('killed'));
      life = new AbortController();
      runtime = new FakeRuntime({ host, life: life.signal });
      return runtime;
    },
    // A toy task, as a toy unit, goes on until it is told otherwise.
    program: (script: ProgramScript) => ({
      ...program,
      command: ['toy', JSON.stringify({ exitsAfterMs: 1e12, ...script })],
    }),
    missingProgram: () => ({ ...program, command: [] }),
    crash: async (name) => {
      host.crash(name);
    },
    takePort: async () => {
      const leave = host.takePort(30_000);
      return { port: 30_000, leave: async () => leave() };
    },
    dataFolder: undefined,
    beginsWithinMs: 100,
    countRunning: async (name) => host.up().filter((process) => process.name === name).length,
    settle: (promise) => settleBy(clock, promise),
    close: async () => undefined,
  };
}

describe('the fake runtime conforms', () => {
  it.each(conformanceCases)('$name', async ({ run }) => {
    await expect(run(fakeHarness())).resolves.toBeUndefined();
  });
});

function hostWith(behaviour: FakeBehaviour = () => ({})) {
  const clock = new VirtualClock(1_700_000_000_000);
  const host = new FakeHost({ clock, behaviour });
  return { clock, host, runtime: new FakeRuntime({ host }) };
}

describe('scripts of the fake host', () => {
  it('refuses a start and leaves nothing running', async () => {
    const { host, runtime } = hostWith((run) => (run.earlierStarts === 0 ? { startFails: 'no memory' } : {}));
    await expect(runtime.start(program, unitSpec('u'))).rejects.toMatchObject({
      code: 'EPH-RUNTIME-START-FAILED',
      facts: { reason: 'no memory' },
    });
    expect(host.up()).toEqual([]);
    await runtime.start(program, unitSpec('u'));
    expect(host.startsOf('u')).toBe(2);
  });

  it('leaves an orphan when the reply is lost, which the next start adopts', async () => {
    const { host, runtime } = hostWith(() => ({ replyLost: true }));
    await expect(runtime.start(program, unitSpec('u'))).rejects.toMatchObject({
      code: 'EPH-RUNTIME-START-FAILED',
    });
    expect(host.isUp('u')).toBe(true);
    expect(await runtime.start(program, unitSpec('u'))).toEqual(await runtime.recover('u'));
    expect(host.up()).toHaveLength(1);
  });

  it('leaves an orphan when our process is killed between spawn and record', async () => {
    const { host } = hostWith();
    const moments: FakeMoment[] = [];
    const doomed = new FakeRuntime({
      host,
      at: (moment) => {
        moments.push(moment);
        if (moment === 'start.after-spawn') throw new Error('killed');
      },
    });
    await expect(doomed.start(program, unitSpec('u'))).rejects.toThrow('killed');
    expect(moments).toEqual(['start.before-spawn', 'start.after-spawn']);
    expect(await new FakeRuntime({ host }).recover('u')).toBeDefined();
  });

  it('is ready only after its time, and not after it crashed', async () => {
    const { clock, host, runtime } = hostWith(() => ({ readyAfterMs: 2_000 }));
    const readiness = { kind: 'tcp', port: 1, deadlineMs: 10_000 } as const;
    await runtime.start(program, unitSpec('u', { readiness }));
    const waiting = untilReady(readiness, { clock, prober: createFakeProber(host) });
    const outcome = await settleBy(clock, waiting);
    expect(outcome).toMatchObject({ outcome: 'ready' });
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(2_000);
    expect(host.crash('u')).toBe(true);
    expect(host.isReady('u')).toBe(false);
  });

  it('ends with code 0 on a data directory of another genesis, as EthereumJS does', async () => {
    const { clock, runtime } = hostWith(refusesOtherGenesis(() => ({})));
    const on = (bundle: string) =>
      unitSpec('u', {
        mounts: [
          { key: 'data', hostPath: '/data', writable: true },
          { key: 'bundle', hostPath: bundle, writable: false },
        ],
      });
    const first = await runtime.start(program, on('/bundle-1'));
    await settleBy(clock, runtime.stop(first, { signal: 'SIGTERM', deadlineMs: 100 }));
    const second = await runtime.start(program, on('/bundle-2'));
    expect((await runtime.inspect(second)).state).toBe('running');
    await clock.advance(2_000);
    expect(await runtime.inspect(second)).toEqual({ state: 'exited', exitCode: 0 });
    const third = await runtime.start(program, on('/bundle-1'));
    await clock.advance(2_000);
    expect((await runtime.inspect(third)).state).toBe('running');
  });

  it('says unknown, never absent, while it cannot be reached; units go on', async () => {
    const { clock, host, runtime } = hostWith();
    const handle = await runtime.start(program, unitSpec('u'));
    host.breakFor(1_000, 'socket closed');
    expect(await runtime.inspect(handle)).toEqual({ state: 'unknown', reason: 'socket closed' });
    for (const call of [
      () => runtime.recover('u'),
      () => runtime.start(program, unitSpec('u')),
      () => runtime.stop(handle, { signal: 'SIGTERM', deadlineMs: 1 }),
      () => runtime.run(program, taskSpec('t')),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'EPH-RUNTIME-UNREACHABLE' });
    }
    await clock.advance(1_000);
    expect(await runtime.recover('u')).toEqual(handle);
  });

  it('forgets every run at a reboot', async () => {
    const { host, runtime } = hostWith();
    const handle = await runtime.start(program, unitSpec('u'));
    host.reboot();
    expect(host.up()).toEqual([]);
    expect(await runtime.inspect(handle)).toEqual({ state: 'absent' });
  });

  it('does nothing more once its life has ended, not even the kill it was waiting for', async () => {
    const { clock, host } = hostWith(() => ({ ignoresStopSignal: true }));
    const life = new AbortController();
    const runtime = new FakeRuntime({ host, life: life.signal });
    const handle = await runtime.start(program, unitSpec('u'));
    const stopping = runtime.stop(handle, { signal: 'SIGTERM', deadlineMs: 5_000 });
    stopping.catch(() => undefined);
    await clock.advance(1_000);
    life.abort(new Error('killed'));
    await expect(settleBy(clock, stopping)).rejects.toThrow('killed');
    await clock.advance(10_000);
    expect(host.isUp('u')).toBe(true);
  });
});
