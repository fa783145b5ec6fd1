import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * A thread that runs the module `name`, given without its extension, beside the module `from`. An installed program is
 * compiled; from source, as tests and benches run it, a thread needs the compiler of the project itself.
 */
export function startThread(from: URL, name: string): Worker {
  const extension = extname(from.pathname);
  return new Worker(new URL(`${name}${extension}`, from), extension === '.ts' ? sourceOptions(from) : {});
}

function sourceOptions(from: URL): WorkerOptions {
  // `require` finds the older form of the same module beside it.
  const compiler = createRequire(from)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs');
  const register = `import { register } from ${JSON.stringify(`file://${compiler}`)}; register();`;
  return { execArgv: ['--import', `data:text/javascript,${encodeURIComponent(register)}`] };
}
