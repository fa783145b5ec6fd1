#!/usr/bin/env node
import { isEphemeryError, messageOf } from '../base/errors.ts';

/** The mayfly program: parse, run until SIGTERM or SIGINT, exit 0. Errors go to standard error with their remedy. */
async function main(): Promise<void> {
  const { parseArguments } = await import('./mayfly/arguments.ts');
  const options = parseArguments(process.argv.slice(2));
  if (options === undefined) return;
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  const { runMayfly } = await import('./mayfly/run-mayfly.ts');
  await runMayfly(options, stopping.signal);
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
