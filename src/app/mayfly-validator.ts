#!/usr/bin/env node
import { runProgram } from './program/run-program.ts';

/** The mayfly-validator program: parse, run until SIGTERM or SIGINT, exit 0. */
await runProgram(async (stopping) => {
  const { parseArguments } = await import('./mayfly-validator/arguments.ts');
  const options = parseArguments(process.argv.slice(2));
  if (options === undefined) return;
  const { runMayflyValidator } = await import('./mayfly-validator/run-mayfly-validator.ts');
  try {
    await runMayflyValidator(options, stopping);
  } catch (thrown) {
    if (!stopping.aborted) throw thrown;
  }
  // What is still under way, as opening keys, changes nothing any more.
  if (stopping.aborted) process.exit(0);
});
