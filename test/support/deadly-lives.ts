import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JournalState } from '../../src/core/node/journal-state.ts';
import { compactedJournal, readJournal } from '../../src/core/node/journal-text.ts';
import type { EphemeryHome, RunningEphemery } from './ephemery-home.ts';

const preload = pathToFileURL(join(import.meta.dirname, 'die-at-record.mjs')).href;

/** `lost`: nothing of the record is on the disk; `torn`: half of it; `written`: all of it, and nothing was done after it. */
export type Moment = 'lost' | 'torn' | 'written';

export interface Deaths {
  /** In order, `<moment> <kind of record>`. */
  readonly died: readonly string[];
  /** Kinds of records that the last life wrote, which was not killed. */
  readonly written: readonly string[];
}

export interface DeadlyLives {
  readonly args: readonly string[];
  readonly moments: readonly Moment[];
  /** Looks at what one that died left, before the next begins. */
  readonly look: () => Promise<void>;
  /** Whether this life, which wrote these kinds, has seen all that it was for. */
  readonly isEnd: (state: JournalState, written: readonly string[]) => Promise<boolean>;
}

/**
 * `ephemery up` life after life, each killed at a moment of a record of the node `home` that none was killed at before, until
 * one sees the end. That one is killed too, from outside.
 */
export async function liveAndDie(
  home: EphemeryHome,
  { args, moments, look, isEnd }: DeadlyLives,
): Promise<Deaths> {
  const list = join(home.folder, 'died-at.txt');
  const writtenFile = join(home.folder, 'written.txt');
  await writeFile(list, '');
  const env = {
    DIE_AT_JOURNAL: home.path('nodes', 'home', 'journal.ndjson'),
    DIE_AT_LIST: list,
    DIE_AT_WRITTEN: writtenFile,
    DIE_AT_MOMENTS: moments.join(),
  };
  for (;;) {
    await writeFile(writtenFile, '');
    await shortenJournal(home);
    const life = home.start(args, { node: ['--import', preload], env });
    const isOver = async () => isEnd(await journalOf(home), await linesOf(writtenFile));
    const sawEnd = await lived(life, isOver);
    await look();
    if (!sawEnd) continue;
    await life.stop('SIGKILL');
    return { died: await linesOf(list), written: await linesOf(writtenFile) };
  }
}

/** Whether the end came before the death. Throws when it died of something else. */
async function lived(life: RunningEphemery, isOver: () => Promise<boolean>): Promise<boolean> {
  const death = life.ended.then(() => 'died' as const);
  while (!(await isOver())) {
    const nap = new Promise<'alive'>((resolve) => setTimeout(() => resolve('alive'), 50));
    if ((await Promise.race([nap, death])) === 'alive') continue;
    const { signal, code, stderr } = await life.ended;
    if (signal === 'SIGKILL' && stderr === '') return false;
    throw new Error(`it ended by itself, with ${code ?? signal}: ${stderr}`);
  }
  return true;
}

/**
 * A long journal is rewritten as its state at the next record, which then is no line of its own, and no moment to die at. So
 * that this hides no kind of record, it is done between two lives.
 */
async function shortenJournal(home: EphemeryHome): Promise<void> {
  const file = home.path('nodes', 'home', 'journal.ndjson');
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text.split('\n').length < 80) return;
  const read = readJournal(text);
  if (read.ok && !read.torn) await writeFile(file, compactedJournal(read.state, Date.now()));
}

/** What the journal of the node `home` amounts to, a torn end left out. */
export async function journalOf(home: EphemeryHome): Promise<JournalState> {
  const file = home.path('nodes', 'home', 'journal.ndjson');
  const read = readJournal(await readFile(file, 'utf8').catch(() => ''));
  if (!read.ok) throw new Error(`the journal is damaged in line ${read.line}: ${read.reason}`);
  return read.state;
}

async function linesOf(file: string): Promise<readonly string[]> {
  return (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
}
