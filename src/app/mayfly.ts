#!/usr/bin/env node
import { runProgram } from './program/run-program.ts';

/** The mayfly program: parse, run until SIGTERM or SIGINT, exit 0. */
await runProgram(async (stopping) => {
  const { parseArguments } = await import('./mayfly/arguments.ts');
  const options = parseArguments(process.argv.slice(2));
  if (options === undefined) return;
  const { runMayfly } = await import('./mayfly/run-mayfly.ts');
  await runMayfly(options, stopping);
});
