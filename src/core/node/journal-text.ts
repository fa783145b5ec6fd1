import { createHash } from 'node:crypto';
import { DecodeError } from './decode.ts';
import type { JournalEntry } from './journal-entry.ts';
import { journalEntry, journalState } from './journal-shapes.ts';
import { applyEntry, emptyJournal, type JournalState } from './journal-state.ts';

/**
 * A journal on disk is NDJSON: one entry a line, each ending in a checksum of itself, so that a torn
 * or flipped line is seen. A compacted journal begins with a `snapshot` line.
 */
export type JournalRead =
  | {
      readonly ok: true;
      readonly state: JournalState;
      readonly lines: number;
      /** The file ended in the middle of a line; the text up to there must be written back before more is added. */
      readonly torn: boolean;
      readonly soundText: string;
    }
  | { readonly ok: false; readonly line: number; readonly reason: string };

function checksum(json: string): string {
  return createHash('sha256').update(json).digest('hex').slice(0, 8);
}

function sealed(value: object): string {
  const json = JSON.stringify(value);
  return `${json.slice(0, -1)},"sum":"${checksum(json)}"}`;
}

/** One line without its newline. */
export function journalLine(entry: JournalEntry): string {
  return sealed(entry);
}

/** The text of a journal that holds this state and no history. */
export function compactedJournal(state: JournalState, atMs: number): string {
  return `${sealed({ type: 'snapshot', atMs, state })}\n`;
}

const seal = /,"sum":"([0-9a-f]{8})"\}$/;

function unsealed(line: string): unknown {
  const match = seal.exec(line);
  if (match === null) throw new DecodeError('no checksum');
  const json = `${line.slice(0, match.index)}}`;
  if (checksum(json) !== match[1]) throw new DecodeError('wrong checksum');
  return JSON.parse(json);
}

function applyLine(state: JournalState, line: string): JournalState {
  const value = unsealed(line);
  const isSnapshot =
    typeof value === 'object' && value !== null && 'type' in value && value.type === 'snapshot';
  if (isSnapshot) return journalState((value as { state?: unknown }).state);
  return applyEntry(state, journalEntry(value));
}

/**
 * Reads a journal back, or what was added to one of known state. A torn last line is left out; damage
 * before it is an answer, not an exception.
 */
export function readJournal(content: string, before: JournalState = emptyJournal): JournalRead {
  const lines = content.split('\n');
  const tail = lines.pop() ?? '';
  let state = before;
  for (const [index, line] of lines.entries()) {
    try {
      state = applyLine(state, line);
    } catch (thrown) {
      return { ok: false, line: index + 1, reason: thrown instanceof Error ? thrown.message : 'unreadable' };
    }
  }
  const soundText = content.slice(0, content.length - tail.length);
  return { ok: true, state, lines: lines.length, torn: tail !== '', soundText };
}
