import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mergeParamsInPlace } from './fast-params.ts';

// Loaded by `node --import` before EthereumJS's own program. Whatever is not as expected leaves the client as it is.
const client = process.argv[1];
if (client !== undefined) await speedUp(client).catch(() => undefined);

async function speedUp(clientProgram: string): Promise<void> {
  // The client's own copy, and of its two builds the one that an `import` gets: there is one such object.
  const commonJs = createRequire(clientProgram).resolve('@ethereumjs/common');
  const folder = dirname(dirname(dirname(commonJs)));
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { Common } = await import(pathToFileURL(join(folder, 'dist', 'esm', 'index.js')).href);
  mergeParamsInPlace(Common, version);
}
