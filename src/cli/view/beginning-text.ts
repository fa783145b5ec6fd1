import type { BeginningSupervisor } from '../../operations/apply-by.ts';
import { fetchText } from './fetch-text.ts';

/** What somebody waits for whose `up` finds a supervisor that begins; after the colon, how far it is. */
export function beginningText({ pid, beginning }: BeginningSupervisor): string {
  const what = `Waiting for the supervisor that begins here already, process ${pid}`;
  const [first] = beginning?.fetching ?? [];
  return first === undefined ? what : `${what}: ${fetchText(first.what, first.bytes, first.totalBytes)}`;
}
