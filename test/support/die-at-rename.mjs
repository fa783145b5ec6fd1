// Loaded before our program (`node --import`): it kills itself, as SIGKILL does, before or after its n-th rename of a file
// or folder. DIE_AT_RENAME is `<n> before` or `<n> after`.
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [at, moment] = (process.env.DIE_AT_RENAME ?? '0 before').split(' ');
const rename = promises.rename;
let count = 0;

const die = async () => {
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
};

promises.rename = async (from, to) => {
  count += 1;
  if (count === Number(at) && moment === 'before') await die();
  await rename(from, to);
  if (count === Number(at)) await die();
};
syncBuiltinESMExports();
