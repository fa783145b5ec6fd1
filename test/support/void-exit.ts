import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MessageStore } from '../../src/storage/files/kept-messages.ts';
import { rootPaths } from '../../src/storage/files/root-paths.ts';

/** An exit that was signed for a network that is gone, and whose file lies there still. */
export async function keepVoidExit(root: string): Promise<void> {
  const { keys } = rootPaths(root);
  const file = join(root, 'exit.json');
  await mkdir(join(keys, 'main', 'keystores'), { recursive: true });
  await writeFile(file, '{}');
  const about = { network: 'n', iteration: 1, endsAtMs: 1, signedAtMs: 0, file, keys: [] };
  await new MessageStore(keys).keep('main', { kind: 'exit', ...about }, 'a');
}
