import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../base/atomic-files.ts';
import { keySetPaths } from '../../core/keys/key-set-paths.ts';
import { emptyToldBook, readToldBook, type ToldBook, toldBookText } from '../../core/keys/told-settings.ts';
import { nodeStoreErrors } from './node-store-errors.ts';

/** Empty where a set's keys were told nothing. Throws EPH-STORE-TOLD-INVALID. */
export async function readTold(keysFolder: string, keySet: string): Promise<ToldBook> {
  const file = keySetPaths(keysFolder, keySet).told;
  const content = await readFile(file, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined;
    throw thrown;
  });
  if (content === undefined) return emptyToldBook;
  const book = readToldBook(content);
  if (book === undefined) throw nodeStoreErrors.create('EPH-STORE-TOLD-INVALID', { file });
  return book;
}

export async function writeTold(keysFolder: string, keySet: string, book: ToldBook): Promise<void> {
  await writeFileAtomic(keySetPaths(keysFolder, keySet).told, toldBookText(book));
}
