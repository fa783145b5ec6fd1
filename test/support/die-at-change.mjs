// Loaded before our program (`node --import`): it kills itself, as SIGKILL does, right before its change number
// DIE_AT_CHANGE to the files under DIE_UNDER: a file opened for writing, a rename, a folder made, something removed; or in the
// middle of a copy.
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { readFile, writeFile } = promises;
const { DIE_AT_CHANGE: at, DIE_UNDER: under } = process.env;
let changes = 0;

const before = async (path) => {
  if (!String(path).startsWith(under) || ++changes < Number(at)) return;
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
};

for (const name of ['rename', 'mkdir', 'rm', 'writeFile', 'link', 'open']) {
  const original = promises[name];
  promises[name] = async (path, ...rest) => {
    if (name !== 'open' || (rest[0] ?? 'r') !== 'r') await before(path);
    return original(path, ...rest);
  };
}
const copyFile = promises.copyFile;
promises.copyFile = async (from, to, ...rest) => {
  if (changes + 1 === Number(at)) {
    const content = await readFile(from);
    await writeFile(to, content.subarray(0, content.length / 2));
  }
  await before(from);
  return copyFile(from, to, ...rest);
};
syncBuiltinESMExports();
