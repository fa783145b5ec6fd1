import assert from 'node:assert/strict';
import { isEphemeryError } from '../base/errors.ts';
import { type ConformanceCase, eventually, taskSpec } from './conformance-harness.ts';

export const taskCases: readonly ConformanceCase[] = [
  {
    name: 'runs a task to its end and gives its exit code and last lines',
    async run(harness) {
      const prints = [
        { afterMs: 0, line: 'one' },
        { afterMs: 0, line: 'two' },
      ];
      const program = harness.program({ prints, exitsAfterMs: 50, exitCode: 7 });
      const result = await harness.settle(harness.runtime().run(program, taskSpec('n.execution.init')));
      assert.deepEqual(result, { exitCode: 7, tail: ['one', 'two'] });
      assert.equal(await harness.countRunning('n.execution.init'), 0);
    },
  },
  {
    name: 'runs a task again when it is asked again, giving only the lines of that run',
    async run(harness) {
      const script = { prints: [{ afterMs: 0, line: 'once' }], exitsAfterMs: 20 };
      for (let time = 0; time < 2; time++) {
        const result = await harness.settle(
          harness.runtime().run(harness.program(script), taskSpec('n.execution.init')),
        );
        assert.deepEqual(result, { exitCode: 0, tail: ['once'] });
      }
    },
  },
  {
    name: 'kills a task at its deadline and says so with its last lines',
    async run(harness) {
      const program = harness.program({ ignoresStopSignal: true, prints: [{ afterMs: 0, line: 'slow' }] });
      const running = harness.runtime().run(program, taskSpec('n.execution.init', harness.beginsWithinMs));
      await assert.rejects(harness.settle(running), (thrown) => {
        assert.ok(isEphemeryError(thrown, 'EPH-RUNTIME-TASK-DEADLINE'));
        assert.deepEqual(thrown.facts.tail, ['slow']);
        return true;
      });
      assert.equal(await harness.countRunning('n.execution.init'), 0);
    },
  },
  {
    name: 'kills a task when it is aborted, and throws the reason',
    async run(harness) {
      const abort = new AbortController();
      const running = harness
        .runtime()
        .run(harness.program({}), taskSpec('n.execution.init', 60_000), abort.signal);
      running.catch(() => undefined);
      await eventually(
        harness,
        'the task runs',
        async () => (await harness.countRunning('n.execution.init')) === 1,
      );
      abort.abort('enough');
      await assert.rejects(harness.settle(running), (reason) => reason === 'enough');
      assert.equal(await harness.countRunning('n.execution.init'), 0);
    },
  },
];
