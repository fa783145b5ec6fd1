import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder } from '../../src/base/folder-lock.ts';

/**
 * Takes a folder as often as told, and each time leaves it or dies in it, as SIGKILL does. Whoever is in it has a file
 * `inside` with its pid; one that finds somebody alive there says so.
 */
const [folder = '', rounds = '1', dies = ''] = process.argv.slice(2);
for (let round = 0; round < Number(rounds); ) {
  const lock = await lockFolder(folder);
  if (lock.kind === 'taken') {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    continue;
  }
  round += 1;
  const inside = join(folder, 'inside');
  const file = await open(inside, 'wx').catch(() => undefined);
  if (file === undefined) process.stdout.write('two inside\n');
  await file?.close();
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
  await rm(inside, { force: true });
  process.stdout.write('was inside\n');
  if (dies !== '' && round === Number(rounds)) process.kill(process.pid, 'SIGKILL');
  await lock.release();
}
