import type { Clock } from '../../base/clock.ts';
import type { JournalEvent } from '../../core/node/journal-entry.ts';
import { applyEntry, emptyJournal, type JournalState } from '../../core/node/journal-state.ts';
import { compactedJournal, journalLine, readJournal } from '../../core/node/journal-text.ts';
import type { NodeStore } from '../../storage/node-store.ts';
import { nodeErrors } from './errors.ts';

export interface JournalDamage {
  readonly line: number;
  readonly reason: string;
}

/** Of a node's disk, what its journal needs. */
type JournalStore = Pick<NodeStore, 'readJournal' | 'appendJournal' | 'replaceJournal'>;

/** A journal longer than this is rewritten as its state. */
const longestLines = 200;

/** The node's journal: what is recorded is on the disk before it counts. */
export class JournalKeeper {
  private readonly store: JournalStore;
  private readonly clock: Clock;
  private current: JournalState = emptyJournal;
  private lines = 0;
  /** Of the journal's text, how much `current` comes from. */
  private length = 0;
  private sound = false;
  private queue: Promise<void> = Promise.resolve();

  constructor(store: JournalStore, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  get state(): JournalState {
    return this.current;
  }

  /** Reads the journal and mends a torn end. Damage before its end is an answer: nothing was changed then. */
  async load(): Promise<JournalDamage | undefined> {
    this.startOver();
    return this.catchUp();
  }

  /** A failed write may have left half a line, or a whole one that we took for lost: the disk decides. */
  private async catchUp(): Promise<JournalDamage | undefined> {
    const content = await this.store.readJournal();
    const before = this.length === 0 ? emptyJournal : this.current;
    const read = readJournal(content.slice(this.length), before);
    if (!read.ok) return { line: this.lines + read.line, reason: read.reason };
    const length = this.length + read.soundText.length;
    if (read.torn) await this.store.replaceJournal(content.slice(0, length));
    this.current = read.state;
    this.lines += read.lines;
    this.length = length;
    this.sound = true;
    return undefined;
  }

  /** Writes one event; callers take turns. Throws when it is not safely on the disk. */
  record(event: JournalEvent): Promise<void> {
    const turn = this.queue.then(() => this.append(event));
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  private async append(event: JournalEvent): Promise<void> {
    if (!this.sound) {
      const damage = await this.catchUp();
      if (damage !== undefined) throw nodeErrors.create('EPH-NODE-JOURNAL-UNREADABLE', { ...damage });
    }
    const entry = { ...event, atMs: this.clock.nowMs() };
    const next = applyEntry(this.current, entry);
    this.sound = false;
    if (this.lines >= longestLines) await this.compact(next, entry.atMs);
    else await this.add(journalLine(entry));
    this.sound = true;
    this.current = next;
  }

  private async add(line: string): Promise<void> {
    await this.store.appendJournal(line);
    this.lines += 1;
    this.length += line.length + 1;
  }

  private async compact(state: JournalState, atMs: number): Promise<void> {
    const content = compactedJournal(state, atMs);
    // Whether an interrupted replacement took place is only known from the whole text.
    this.startOver();
    await this.store.replaceJournal(content);
    this.lines = 1;
    this.length = content.length;
  }

  private startOver(): void {
    this.lines = 0;
    this.length = 0;
  }
}
