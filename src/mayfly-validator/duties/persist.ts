import { type Clock, sleepUntil } from '../../base/clock.ts';
import { isEphemeryError } from '../../base/errors.ts';
import type { SigningNetwork } from '../network.ts';

/** Asks a beacon node, and again after a failure that may pass. What was signed is sent again, never signed anew. */
export type Persist = <T>(call: () => Promise<T>) => Promise<T>;

/** Tries a slot: one that lasts a moment costs no duty, and one that lasts longer is not hammered. */
const triesPerSlot = 20;

/** Persists until the end of the slot in which it was asked first: by then the next duties are due. */
export function persistBySlot(
  clock: Clock,
  { genesisTimeSeconds, slotMs }: Pick<SigningNetwork, 'genesisTimeSeconds' | 'slotMs'>,
  signal: AbortSignal,
): Persist {
  const genesisMs = genesisTimeSeconds * 1000;
  return async (call) => {
    const slot = Math.floor((clock.nowMs() - genesisMs) / slotMs);
    const endMs = genesisMs + (slot + 1) * slotMs;
    for (;;) {
      try {
        return await call();
      } catch (cause) {
        const nextMs = clock.nowMs() + slotMs / triesPerSlot;
        if (signal.aborted || nextMs >= endMs || !mayPass(cause)) throw cause;
        await sleepUntil(clock, nextMs, signal);
      }
    }
  };
}

/** No answer, or one that says that the node is not ready (5xx) or asked too often. A refusal stays one. */
function mayPass(cause: unknown): boolean {
  if (!isEphemeryError(cause, 'EPH-MAYFLY-VALIDATOR-BEACON')) return false;
  const { status } = cause.facts;
  return typeof status !== 'number' || status >= 500 || status === 429;
}
