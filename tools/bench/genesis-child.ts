import type * as Build from '../../src/genesis/build-release.ts';
import type * as Read from '../../src/genesis/read-inputs.ts';
import type * as Write from '../../src/genesis/write-release.ts';

/** Builds iteration 160 once, with the compiled program, and sends how long it took. */
const [inputs = '', directory = ''] = process.argv.slice(2);
const compiled = (name: string) => import(new URL(`../../dist/genesis/${name}.js`, import.meta.url).href);

const startMs = performance.now();
const { readInputs } = (await compiled('read-inputs')) as typeof Read;
const { buildRelease } = (await compiled('build-release')) as typeof Build;
const { writeRelease } = (await compiled('write-release')) as typeof Write;
const release = await buildRelease({ inputs: await readInputs(inputs), iteration: 160 });
await writeRelease(release, directory);
process.send?.({
  value: (performance.now() - startMs) / 1_000,
  peakMemoryMb: process.resourceUsage().maxRSS / 1_024,
});
process.disconnect?.();
