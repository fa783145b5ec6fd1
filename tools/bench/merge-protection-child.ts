import type * as File from '../../src/protection/interchange-file.ts';

/** Merges two slashing protection files into a third, with the compiled program, and sends how long it took. */
const [a = '', b = '', into = ''] = process.argv.slice(2);
const compiled = new URL('../../dist/protection/interchange-file.js', import.meta.url).href;

const startMs = performance.now();
const { readInterchanges, writeInterchange } = (await import(compiled)) as typeof File;
await writeInterchange(into, await readInterchanges([a, b]));
process.send?.({
  value: (performance.now() - startMs) / 1_000,
  peakMemoryMb: process.resourceUsage().maxRSS / 1_024,
});
process.disconnect?.();
