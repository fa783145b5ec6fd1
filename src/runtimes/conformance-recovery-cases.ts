import assert from 'node:assert/strict';
import { type ConformanceCase, eventually, taskSpec, unitSpec } from './conformance-harness.ts';

const gentle = { signal: 'SIGTERM', deadlineMs: 5_000 } as const;

/** Only for runtimes whose units outlive our own process. */
export const recoveryCases: readonly ConformanceCase[] = [
  {
    name: 'finds nothing where nothing was started',
    async run(harness) {
      assert.equal(await harness.settle(harness.runtime().recover('n.execution')), undefined);
    },
  },
  {
    name: 'finds its own running unit by name',
    async run(harness) {
      const runtime = harness.runtime();
      const handle = await harness.settle(runtime.start(harness.program({}), unitSpec('n.execution')));
      assert.deepEqual(await harness.settle(runtime.recover('n.execution')), handle);
    },
  },
  {
    name: 'adopts a unit after our own process was killed',
    async run(harness) {
      const handle = await harness.settle(
        harness.runtime().start(harness.program({}), unitSpec('n.execution')),
      );
      const next = await harness.restart();
      assert.equal(await harness.countRunning('n.execution'), 1);
      assert.deepEqual(await harness.settle(next.recover('n.execution')), handle);
      assert.equal((await harness.settle(next.inspect(handle))).state, 'running');
    },
  },
  {
    name: 'does not start a second one after our own process was killed',
    async run(harness) {
      const handle = await harness.settle(
        harness.runtime().start(harness.program({}), unitSpec('n.execution')),
      );
      const next = await harness.restart();
      assert.deepEqual(
        await harness.settle(next.start(harness.program({}), unitSpec('n.execution'))),
        handle,
      );
      assert.equal(await harness.countRunning('n.execution'), 1);
    },
  },
  {
    name: 'stops an adopted unit',
    async run(harness) {
      const handle = await harness.settle(
        harness.runtime().start(harness.program({}), unitSpec('n.execution')),
      );
      const next = await harness.restart();
      assert.equal(await harness.settle(next.stop(handle, gentle)), 'stopped');
      assert.equal(await harness.countRunning('n.execution'), 0);
      assert.equal(await harness.settle(next.recover('n.execution')), undefined);
    },
  },
  {
    name: 'sees an adopted unit end, its exit code unknown',
    async run(harness) {
      const program = harness.program({});
      const handle = await harness.settle(harness.runtime().start(program, unitSpec('n.execution')));
      const next = await harness.restart();
      await harness.crash('n.execution');
      await eventually(harness, 'the end of an adopted unit', async () => {
        return (await next.inspect(handle)).state !== 'running';
      });
      const state = await harness.settle(next.inspect(handle));
      assert.ok(state.state === 'exited' || state.state === 'absent');
      assert.ok(state.state !== 'exited' || state.exitCode === undefined);
      assert.equal(await harness.settle(next.recover('n.execution')), undefined);
    },
  },
  {
    name: 'reads what an adopted unit prints, before and after the change of life',
    async run(harness) {
      const prints = [
        { afterMs: 0, line: 'early' },
        { afterMs: 1_500, line: 'late' },
      ];
      await harness.settle(harness.runtime().start(harness.program({ prints }), unitSpec('n.execution')));
      const next = await harness.restart();
      await eventually(harness, 'both lines', async () => {
        const lines: string[] = [];
        for await (const line of next.logs('n.execution', {})) lines.push(line);
        return lines.join() === 'early,late';
      });
    },
  },
  {
    name: 'kills what is left of a task before it runs it again',
    async run(harness) {
      const endless = harness.runtime().run(harness.program({}), taskSpec('n.execution.init', 60_000));
      endless.catch(() => undefined);
      await eventually(
        harness,
        'the task runs',
        async () => (await harness.countRunning('n.execution.init')) === 1,
      );
      const next = await harness.restart();
      const result = await harness.settle(
        next.run(harness.program({ exitsAfterMs: 10 }), taskSpec('n.execution.init')),
      );
      assert.equal(result.exitCode, 0);
      assert.equal(await harness.countRunning('n.execution.init'), 0);
    },
  },
];
