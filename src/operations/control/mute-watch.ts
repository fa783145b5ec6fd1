import { boundBy } from '../../base/bound-signal.ts';
import type { Clock } from '../../base/clock.ts';
import { isMuteOn } from './answering.ts';
import { muteError } from './refuse-mute.ts';

const lookEveryMs = 3_000;

/** Looks after a call while its answer is owed; `release` once it is there. */
export interface MuteWatch {
  /** Aborted with the caller's signal, or with EPH-CONTROL-UNREACHABLE. */
  readonly signal: AbortSignal;
  /** Why a call ended that this watch ended; undefined when it did not. */
  reason(): unknown;
  release(): void;
}

/**
 * Ends a call whose supervisor stops or hangs meanwhile. However long the work takes that was asked for, whoever does it
 * says something on another connection.
 */
export function watchForMute(socket: string, clock: Pick<Clock, 'sleep'>, caller?: AbortSignal): MuteWatch {
  const mute = new AbortController();
  const over = new AbortController();
  const bound = boundBy([mute.signal, ...(caller === undefined ? [] : [caller])]);
  const look = async () => {
    for (;;) {
      await clock.sleep(lookEveryMs, over.signal);
      if ((await isMuteOn(socket, clock)) && !over.signal.aborted) return mute.abort(muteError(socket));
    }
  };
  // Only the end of the call ends it otherwise.
  look().catch(() => undefined);
  return {
    signal: bound.signal,
    reason: () => (mute.signal.aborted ? mute.signal.reason : undefined),
    release() {
      over.abort();
      bound.release();
    },
  };
}
