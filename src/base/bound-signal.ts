/** A signal made of others and a deadline; `release` once the work is over. */
export interface Bound {
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * Aborts with the first of these signals, or after `timeoutMs`. It does what AbortSignal.any and AbortSignal.timeout
 * do, but holds on to itself: those of Node 20 can be collected as garbage while somebody waits for them, and the
 * work then never ends.
 */
export function boundBy(signals: readonly AbortSignal[], timeoutMs?: number): Bound {
  const own = new AbortController();
  const leave: (() => void)[] = [];
  for (const signal of signals) {
    const follow = () => own.abort(signal.reason);
    if (signal.aborted) follow();
    signal.addEventListener('abort', follow, { once: true });
    leave.push(() => signal.removeEventListener('abort', follow));
  }
  if (timeoutMs !== undefined) {
    const late = () => own.abort(new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError'));
    const timer = setTimeout(late, timeoutMs);
    leave.push(() => clearTimeout(timer));
  }
  return { signal: own.signal, release: () => void leave.forEach((undo) => void undo()) };
}

/** What `work` comes to, or the signal's reason once it is aborted: for work that does not hear of it by itself. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let end = (): void => undefined;
  const over = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason);
  });
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work, over]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** Rejects with the signal's reason once it is aborted. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
