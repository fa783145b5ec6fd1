import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../base/atomic-files.ts';
import { rootErrors } from './errors.ts';
import type { RootPaths } from './root-paths.ts';

/**
 * Makes the root serve the configuration `configId` (a real path, or `built-in:<network>`), if it serves none.
 * `adopt` makes it serve this one from now on. Throws EPH-ROOT-OTHER-CONFIG.
 */
export async function bindConfig(paths: RootPaths, configId: string, adopt = false): Promise<void> {
  const bound = await boundConfig(paths);
  if (bound === configId) return;
  if (bound !== undefined && !adopt) {
    throw rootErrors.create('EPH-ROOT-OTHER-CONFIG', { root: paths.root, bound, given: configId });
  }
  await writeFileAtomic(paths.binding, `${JSON.stringify({ configId })}\n`);
}

/** The configuration that the root serves; undefined before the first. Throws EPH-ROOT-LAYOUT-INVALID. */
export async function boundConfig({ binding }: RootPaths): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(binding, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
  const configId = configIdIn(text);
  if (configId !== undefined) return configId;
  throw rootErrors.create('EPH-ROOT-LAYOUT-INVALID', { file: binding, reason: 'it names no configuration' });
}

function configIdIn(text: string): string | undefined {
  try {
    const { configId } = JSON.parse(text) as { configId?: unknown };
    return typeof configId === 'string' && configId !== '' ? configId : undefined;
  } catch {
    return undefined;
  }
}
