#!/usr/bin/env node
import { programVersion } from './version.ts';

// The version is asked for by scripts and shells' prompts: it loads nothing else.
if (process.argv.length === 3 && process.argv[2] === '--version') {
  process.stdout.write(`${programVersion()}\n`);
} else {
  const { runProcess } = await import('./run-process.ts');
  await runProcess(process.argv.slice(2));
}
