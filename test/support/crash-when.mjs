// Loaded before the program: an error that nobody catches, as soon as a file is there.
import { existsSync } from 'node:fs';

const when = process.env.CRASH_WHEN;
if (when !== undefined && process.argv.includes('up'))
  setInterval(() => {
    if (existsSync(when)) throw new Error('a crash that was asked for');
  }, 100);
