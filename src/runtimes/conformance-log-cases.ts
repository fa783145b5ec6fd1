import assert from 'node:assert/strict';
import {
  type ConformanceCase,
  eventually,
  type RuntimeHarness,
  readLines,
  unitSpec,
} from './conformance-harness.ts';
import type { Runtime } from './runtime.ts';

async function startPrinter(
  harness: RuntimeHarness,
  lines: readonly string[],
  laterMs = 0,
): Promise<Runtime> {
  const runtime = harness.runtime();
  const prints = lines.map((line, index) => ({ afterMs: index === 0 ? 0 : laterMs, line }));
  await harness.settle(runtime.start(harness.program({ prints }), unitSpec('n.execution')));
  return runtime;
}

async function allPrinted(harness: RuntimeHarness, runtime: Runtime, count: number): Promise<void> {
  await eventually(harness, `${count} lines`, async () => {
    return (await readLines(runtime.logs('n.execution', {}), count)).length === count;
  });
}

export const logCases: readonly ConformanceCase[] = [
  {
    name: 'has no lines of a unit that never was',
    async run(harness) {
      assert.deepEqual(await harness.settle(readLines(harness.runtime().logs('n.nobody', {}), 1)), []);
    },
  },
  {
    name: 'gives all lines, then only the last ones asked for',
    async run(harness) {
      const runtime = await startPrinter(harness, ['a', 'b', 'c']);
      await allPrinted(harness, runtime, 3);
      const all = await harness.settle(readLines(runtime.logs('n.execution', {}), 3));
      assert.deepEqual(all, ['a', 'b', 'c']);
      const tail = await harness.settle(readLines(runtime.logs('n.execution', { tail: 2 }), 2));
      assert.deepEqual(tail, ['b', 'c']);
      assert.deepEqual(await harness.settle(readLines(runtime.logs('n.execution', { tail: 0 }), 1)), []);
    },
  },
  {
    name: 'follows new lines until it is told to end',
    async run(harness) {
      const runtime = await startPrinter(harness, ['old', 'new'], 500);
      const following = new AbortController();
      const request = { follow: true, signal: following.signal };
      const lines = await harness.settle(readLines(runtime.logs('n.execution', request), 2, following));
      assert.deepEqual(lines, ['old', 'new']);
    },
  },
  {
    name: 'follows into the next run of the unit',
    async run(harness) {
      const runtime = await startPrinter(harness, ['first run']);
      await allPrinted(harness, runtime, 1);
      const following = new AbortController();
      const request = { follow: true, signal: following.signal };
      const reading = readLines(runtime.logs('n.execution', request), 2, following);
      const handle = await harness.settle(runtime.recover('n.execution'));
      assert.ok(handle !== undefined);
      await harness.settle(runtime.stop(handle, { signal: 'SIGTERM', deadlineMs: 5_000 }));
      await startPrinter(harness, ['second run']);
      assert.deepEqual(await harness.settle(reading), ['first run', 'second run']);
    },
  },
  {
    name: 'ends quietly when it is told to before it began',
    async run(harness) {
      const runtime = await startPrinter(harness, ['a']);
      await allPrinted(harness, runtime, 1);
      const request = { follow: true, signal: AbortSignal.abort() };
      assert.ok((await harness.settle(readLines(runtime.logs('n.execution', request), 9))).length <= 1);
    },
  },
];
