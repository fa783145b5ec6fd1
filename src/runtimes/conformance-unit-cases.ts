import assert from 'node:assert/strict';
import { isEphemeryError } from '../base/errors.ts';
import { type ConformanceCase, eventually, unitSpec } from './conformance-harness.ts';

const gentle = { signal: 'SIGTERM', deadlineMs: 5_000 } as const;

export const unitCases: readonly ConformanceCase[] = [
  {
    name: 'starts a unit that is then running, with its start time',
    async run(harness) {
      const runtime = harness.runtime();
      const handle = await harness.settle(runtime.start(harness.program({}), unitSpec('n.execution')));
      assert.equal(handle.runtime, runtime.id);
      assert.equal(handle.unit, 'n.execution');
      const state = await harness.settle(runtime.inspect(handle));
      assert.equal(state.state, 'running');
      assert.ok(state.state === 'running' && state.startedAtMs > 0);
      assert.equal(await harness.countRunning('n.execution'), 1);
    },
  },
  {
    name: 'gives the handle of the running unit when it is started again',
    async run(harness) {
      const runtime = harness.runtime();
      const first = await harness.settle(runtime.start(harness.program({}), unitSpec('n.execution')));
      const second = await harness.settle(runtime.start(harness.program({}), unitSpec('n.execution')));
      assert.deepEqual(second, first);
      assert.equal(await harness.countRunning('n.execution'), 1);
    },
  },
  {
    name: 'starts one unit when two starts of a name race',
    async run(harness) {
      const runtime = harness.runtime();
      const start = () => runtime.start(harness.program({}), unitSpec('n.execution'));
      const [first, second] = await harness.settle(Promise.all([start(), start()]));
      assert.deepEqual(first, second);
      assert.equal(await harness.countRunning('n.execution'), 1);
    },
  },
  {
    name: 'runs units of differing names side by side',
    async run(harness) {
      const runtime = harness.runtime();
      const execution = await harness.settle(runtime.start(harness.program({}), unitSpec('n.execution')));
      const consensus = await harness.settle(runtime.start(harness.program({}), unitSpec('n.consensus')));
      assert.notEqual(execution.token, consensus.token);
      await harness.settle(runtime.stop(execution, gentle));
      assert.equal((await harness.settle(runtime.inspect(consensus))).state, 'running');
    },
  },
  {
    name: 'refuses a program that is not there, before and at the start',
    async run(harness) {
      const runtime = harness.runtime();
      for (const ask of [runtime.prepare, runtime.lookFor])
        await assert.rejects(harness.settle(ask.call(runtime, harness.missingProgram())), (thrown) =>
          isEphemeryError(thrown, 'EPH-RUNTIME-PROGRAM-MISSING'),
        );
      await assert.rejects(
        harness.settle(runtime.start(harness.missingProgram(), unitSpec('n.x'))),
        isEphemeryError,
      );
      assert.equal(await harness.settle(runtime.recover('n.x')), undefined);
    },
  },
  {
    name: 'refuses a unit whose port somebody else has, naming it, and starts it once the port is free',
    async run(harness) {
      const runtime = harness.runtime();
      const taken = await harness.takePort();
      const ports = [{ name: 'rpc', protocol: 'tcp', port: taken.port, exposure: 'loopback' }] as const;
      const start = () =>
        harness.settle(runtime.start(harness.program({}), unitSpec('n.execution', { ports })));
      try {
        await assert.rejects(start(), (thrown) => {
          assert.ok(isEphemeryError(thrown, 'EPH-RUNTIME-PORT-TAKEN'));
          assert.ok(thrown.message.includes(String(taken.port)), thrown.message);
          return true;
        });
        assert.equal(await harness.settle(runtime.recover('n.execution')), undefined);
        assert.equal(await harness.countRunning('n.execution'), 0);
      } finally {
        await taken.leave();
      }
      const handle = await start();
      assert.equal((await harness.settle(runtime.inspect(handle))).state, 'running');
    },
  },
  {
    name: 'sees and prepares a program that is there',
    async run(harness) {
      const runtime = harness.runtime();
      await harness.settle(runtime.lookFor(harness.program({})));
      await harness.settle(runtime.prepare(harness.program({})));
    },
  },
  {
    name: 'stops a unit by its signal, within the deadline',
    async run(harness) {
      const runtime = harness.runtime();
      const handle = await harness.settle(runtime.start(harness.program({}), unitSpec('n.execution')));
      assert.equal(await harness.settle(runtime.stop(handle, gentle)), 'stopped');
      assert.equal(await harness.countRunning('n.execution'), 0);
      assert.equal((await harness.settle(runtime.inspect(handle))).state, 'exited');
    },
  },
  {
    name: 'kills a unit that ignores its signal, after the deadline and not before',
    async run(harness) {
      const runtime = harness.runtime();
      const program = harness.program({ ignoresStopSignal: true, prints: [{ afterMs: 0, line: 'deaf' }] });
      const handle = await harness.settle(runtime.start(program, unitSpec('n.execution')));
      // Its first line says that the handler is in place.
      await eventually(harness, 'the line', async () => {
        for await (const line of runtime.logs('n.execution', {})) return line === 'deaf';
        return false;
      });
      const startedMs = harness.clock.monotonicMs();
      const stopping = runtime.stop(handle, { signal: 'SIGINT', deadlineMs: 300 });
      assert.equal(await harness.settle(stopping), 'killed');
      assert.ok(harness.clock.monotonicMs() - startedMs >= 300);
      assert.equal(await harness.countRunning('n.execution'), 0);
    },
  },
  {
    name: 'says that a unit was not running when it is stopped twice',
    async run(harness) {
      const runtime = harness.runtime();
      const handle = await harness.settle(runtime.start(harness.program({}), unitSpec('n.execution')));
      await harness.settle(runtime.stop(handle, gentle));
      assert.equal(await harness.settle(runtime.stop(handle, gentle)), 'was-not-running');
    },
  },
  {
    name: 'does not stop a later run through the handle of an earlier one',
    async run(harness) {
      const runtime = harness.runtime();
      const early = await harness.settle(runtime.start(harness.program({}), unitSpec('n.execution')));
      await harness.settle(runtime.stop(early, gentle));
      const late = await harness.settle(runtime.start(harness.program({}), unitSpec('n.execution')));
      assert.notEqual(late.token, early.token);
      assert.equal(await harness.settle(runtime.stop(early, gentle)), 'was-not-running');
      assert.equal((await harness.settle(runtime.inspect(late))).state, 'running');
    },
  },
  {
    name: 'gives the exit code of its own child, zero included',
    async run(harness) {
      const runtime = harness.runtime();
      for (const exitCode of [0, 3]) {
        const name = `n.exit${exitCode}`;
        const program = harness.program({ exitsAfterMs: 50, exitCode });
        const handle = await harness.settle(runtime.start(program, unitSpec(name)));
        await eventually(harness, `${name} has ended`, async () => {
          return (await runtime.inspect(handle)).state === 'exited';
        });
        assert.deepEqual(await harness.settle(runtime.inspect(handle)), { state: 'exited', exitCode });
      }
    },
  },
  {
    name: 'starts anew what has ended',
    async run(harness) {
      const runtime = harness.runtime();
      const first = await harness.settle(
        runtime.start(harness.program({ exitsAfterMs: 20, exitCode: 1 }), unitSpec('n.execution')),
      );
      await eventually(harness, 'the first run has ended', async () => {
        return (await runtime.inspect(first)).state === 'exited';
      });
      const second = await harness.settle(runtime.start(harness.program({}), unitSpec('n.execution')));
      assert.notEqual(second.token, first.token);
      assert.equal((await harness.settle(runtime.inspect(second))).state, 'running');
    },
  },
  {
    name: 'reports memory and processor time, when it says that it does',
    async run(harness) {
      const runtime = harness.runtime();
      const handle = await harness.settle(runtime.start(harness.program({}), unitSpec('n.execution')));
      if (!runtime.capabilities.reportsResources) return;
      await eventually(harness, 'resource figures', async () => {
        const state = await runtime.inspect(handle);
        assert.equal(state.state, 'running');
        return (
          state.state === 'running' &&
          state.resources !== undefined &&
          state.resources.memoryBytes > 1_000_000
        );
      });
    },
  },
  {
    name: 'calls a handle that it never gave absent',
    async run(harness) {
      const runtime = harness.runtime();
      const stranger = { runtime: runtime.id, unit: 'n.execution', token: 'nobody' };
      assert.deepEqual(await harness.settle(runtime.inspect(stranger)), { state: 'absent' });
      assert.equal(await harness.settle(runtime.stop(stranger, gentle)), 'was-not-running');
    },
  },
];
