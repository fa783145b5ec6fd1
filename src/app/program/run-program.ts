import { isEphemeryError, messageOf } from '../../base/errors.ts';

/** Runs a program until SIGTERM or SIGINT. What it throws goes to standard error, with its remedy where it has one. */
export async function runProgram(main: (stopping: AbortSignal) => Promise<void>): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  try {
    await main(stopping.signal);
  } catch (thrown) {
    const text = isEphemeryError(thrown)
      ? `${thrown.code}: ${thrown.message}\n${thrown.remedy}`
      : (thrown instanceof Error && thrown.stack) || messageOf(thrown);
    process.stderr.write(`${text}\n`);
    process.exitCode = isEphemeryError(thrown) ? thrown.exitCode : 1;
  }
}
