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

/** A journal longer than this is rewritten as its state. */
const longestLines = 400;

/** The node's journal: what is recorded is on the disk before it counts. */
export class JournalKeeper {
  private readonly store: NodeStore;
  private readonly clock: Clock;
  private current: JournalState = emptyJournal;
  private lines = 0;
  private sound = false;
  private queue: Promise<void> = Promise.resolve();

  constructor(store: NodeStore, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  get state(): JournalState {
    return this.current;
  }

  /** Reads the journal and mends a torn end. Damage before its end is an answer: nothing was changed then. */
  async load(): Promise<JournalDamage | undefined> {
    const read = readJournal(await this.store.readJournal());
    if (!read.ok) return { line: read.line, reason: read.reason };
    if (read.torn) await this.store.replaceJournal(read.soundText);
    this.current = read.state;
    this.lines = read.lines;
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
    // A failed write may have left half a line, or a whole one that we took for lost: the disk decides.
    if (!this.sound) {
      const damage = await this.load();
      if (damage !== undefined) throw nodeErrors.create('EPH-NODE-JOURNAL-UNREADABLE', damage);
    }
    const entry = { ...event, atMs: this.clock.nowMs() };
    const next = applyEntry(this.current, entry);
    this.sound = false;
    if (this.lines >= longestLines) {
      await this.store.replaceJournal(compactedJournal(next, entry.atMs));
      this.lines = 1;
    } else {
      await this.store.appendJournal(journalLine(entry));
      this.lines += 1;
    }
    this.sound = true;
    this.current = next;
  }
}
