#!/usr/bin/env node
import { isEphemeryError, messageOf } from '../base/errors.ts';

/** The mayfly-validator program: parse, run until SIGTERM or SIGINT, exit 0. Errors go to standard error with their remedy. */
async function main(): Promise<void> {
  const { parseArguments } = await import('./mayfly-validator/arguments.ts');
  const options = parseArguments(process.argv.slice(2));
  if (options === undefined) return;
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  const { runMayflyValidator } = await import('./mayfly-validator/run-mayfly-validator.ts');
  try {
    await runMayflyValidator(options, stopping.signal);
  } catch (thrown) {
    if (!stopping.signal.aborted) throw thrown;
  }
  // What is still under way, as opening keys, changes nothing any more.
  if (stopping.signal.aborted) process.exit(0);
}

try {
  await main();
} catch (thrown) {
  const text = isEphemeryError(thrown)
    ? `${thrown.code}: ${thrown.message}\n${thrown.remedy}`
    : (thrown instanceof Error && thrown.stack) || messageOf(thrown);
  process.stderr.write(`${text}\n`);
  process.exitCode = isEphemeryError(thrown) ? thrown.exitCode : 1;
}
