import assert from 'node:assert/strict';
import { lstat, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ConformanceCase,
  eventually,
  type RuntimeHarness,
  taskSpec,
  unitSpec,
} from './conformance-harness.ts';

const text = 'written by the program';

/** What a program is to do that writes `made/<name>` in a mount, and how that shall be here. */
function writing(harness: RuntimeHarness, hostPath: string, name: string) {
  const mounts = [{ key: 'data', hostPath, writable: true }] as const;
  const inside = harness.runtime().pathsFor(mounts).data;
  const made = join(hostPath, 'made');
  return {
    mounts,
    writes: { path: `${inside}/made/${name}`, text },
    made,
    isThere: () =>
      readFile(join(made, name), 'utf8').then(
        (found) => found === text,
        () => false,
      ),
    isOurs: async () => {
      for (const path of [made, join(made, name)])
        assert.equal((await lstat(path)).uid, process.getuid?.(), `${name} is not ours`);
    },
  };
}

export const mountCases: readonly ConformanceCase[] = [
  {
    name: 'has a unit write to its mount what is ours, to read and to remove',
    async run(harness) {
      if (harness.dataFolder === undefined) return;
      const { mounts, writes, made, isThere, isOurs } = writing(harness, harness.dataFolder, 'unit');
      const runtime = harness.runtime();
      await harness.settle(runtime.start(harness.program({ writes }), unitSpec('n.execution', { mounts })));
      await eventually(harness, 'what the unit wrote is there, and can be read', isThere);
      await isOurs();
      await rm(made, { recursive: true });
    },
  },
  {
    name: 'has a task write to its mount what is ours, and what the unit after it goes on with',
    async run(harness) {
      if (harness.dataFolder === undefined) return;
      const task = writing(harness, harness.dataFolder, 'task');
      const runtime = harness.runtime();
      const { mounts } = task;
      const program = harness.program({ writes: task.writes, exitsAfterMs: 20 });
      const { exitCode } = await harness.settle(
        runtime.run(program, { ...taskSpec('n.execution.init'), mounts }),
      );
      assert.equal(exitCode, 0);
      assert.ok(await task.isThere());
      await task.isOurs();
      // Into the folder that the task made.
      const unit = writing(harness, harness.dataFolder, 'unit');
      await harness.settle(
        runtime.start(harness.program({ writes: unit.writes }), unitSpec('n.execution', { mounts })),
      );
      await eventually(harness, 'the unit writes to what the task made', unit.isThere);
    },
  },
];
