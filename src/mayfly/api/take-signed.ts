import { messageOf } from '../../base/errors.ts';
import { areSigned, type Signed } from './checks/signatures.ts';
import { type Failure, IndexedError } from './indexed-error.ts';

/** An item that is right but for its signature, and what to do once that is right too. */
export interface Pending {
  readonly signed: Signed;
  readonly accept: () => void;
}

/**
 * Takes a list of signed items, each on its own. Signatures are checked for all at once: a large validator client
 * sends hundreds. @throws IndexedError when any was refused
 */
export function takeSigned<T>(what: string, items: readonly T[], check: (item: T) => Pending): void {
  const failures: Failure[] = [];
  const pending = items.flatMap((item, index) => {
    try {
      return [{ index, ...check(item) }];
    } catch (cause) {
      failures.push({ index, message: messageOf(cause) });
      return [];
    }
  });
  const verdicts = areSigned(pending.map(({ signed }) => signed));
  for (const [i, { index, accept }] of pending.entries()) {
    if (verdicts[i] === true) accept();
    else failures.push({ index, message: 'the signature is wrong' });
  }
  if (failures.length === 0) return;
  failures.sort((a, b) => a.index - b.index);
  throw new IndexedError(what, failures, items.length);
}
