import { ApiError } from '@lodestar/api/server';
import { messageOf } from '../../base/errors.ts';

/** Which item of a submitted list failed, and why (Beacon API, IndexedErrorMessage). */
export interface Failure {
  readonly index: number;
  readonly message: string;
}

/** Some items of a list were refused; the others were taken. */
export class IndexedError extends ApiError {
  readonly failures: readonly Failure[];
  readonly total: number;

  constructor(what: string, failures: readonly Failure[], total: number) {
    super(400, `${failures.length} of ${total} ${what} refused`);
    this.failures = failures;
    this.total = total;
  }
}

/**
 * Takes each item on its own: one bad item does not keep out the rest.
 * @throws IndexedError when any was refused
 */
export async function takeEach<T>(
  what: string,
  items: readonly T[],
  take: (item: T, index: number) => void | Promise<void>,
): Promise<void> {
  const failures: Failure[] = [];
  for (const [index, item] of items.entries()) {
    try {
      await take(item, index);
    } catch (cause) {
      failures.push({ index, message: messageOf(cause) });
    }
  }
  if (failures.length > 0) throw new IndexedError(what, failures, items.length);
}
