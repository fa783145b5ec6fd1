import type { Interruption } from './command.ts';
import { exitCodes } from './exit-codes.ts';

/** The exit code for the signal that ended a command. */
export function interruptedCode(signal: AbortSignal): number {
  const reason = signal.reason as Interruption | undefined;
  if (reason?.signal === 'SIGTERM') return exitCodes.terminated.code;
  return reason?.signal === 'SIGHUP' ? exitCodes.hangup.code : exitCodes.interrupted.code;
}
