// Loaded before our program (`node --import`): it stops itself, as SIGSTOP does, at the first thing that it does with a file
// once it holds the lock STOP_LOCK. It goes on when it is told to.
import { readFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const { STOP_LOCK: lock } = process.env;
let isOver = false;

const holdsLock = () => {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')).process.pid === process.pid;
  } catch {
    return false;
  }
};

for (const name of ['open', 'readFile', 'readdir', 'stat', 'mkdir', 'rm', 'rename', 'writeFile']) {
  const original = promises[name];
  promises[name] = async (...given) => {
    if (isMainThread && !isOver && holdsLock()) {
      isOver = true;
      process.kill(process.pid, 'SIGSTOP');
    }
    return original(...given);
  };
}
syncBuiltinESMExports();
