import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { readJournal } from '../../core/node/journal-text.ts';
import { JournalKeeper } from './journal-keeper.ts';

/** A journal file whose writes can be cut short. */
class Paper {
  text = '';
  /** Of the next write, how much is done before it fails; undefined: all goes well. */
  failsAfter: number | undefined;

  readonly store = {
    readJournal: async () => this.text,
    appendJournal: async (line: string) => this.write(`${line}\n`, (text) => this.text + text),
    replaceJournal: async (content: string) =>
      this.write(content, (text) => (text === content ? text : this.text)),
  };

  private write(content: string, merge: (text: string) => string): void {
    const { failsAfter } = this;
    this.failsAfter = undefined;
    this.text = merge(failsAfter === undefined ? content : content.slice(0, failsAfter));
    if (failsAfter !== undefined) throw new Error('ENOSPC');
  }
}

let paper: Paper;
let keeper: JournalKeeper;
const open = async () => {
  const opened = new JournalKeeper(paper.store, new VirtualClock(1_000));
  expect(await opened.load()).toBeUndefined();
  return opened;
};
beforeEach(async () => {
  paper = new Paper();
  keeper = await open();
});

const consent = (subject: string) => ({ type: 'consent.given', consent: 'fewer-keys', subject }) as const;
const subjects = () => keeper.state.consents.map((given) => given.subject);

describe('the journal of a node', () => {
  it.each([0, 1, 40])(
    'goes on soundly after a write that failed with %d characters written',
    async (failsAfter) => {
      await keeper.record(consent('a'));
      paper.failsAfter = failsAfter;
      await expect(keeper.record(consent('b'))).rejects.toThrow('ENOSPC');
      expect(subjects()).toEqual(['a']);
      await keeper.record(consent('c'));
      expect(subjects()).toEqual(['a', 'c']);
      keeper = await open();
      expect(subjects()).toEqual(['a', 'c']);
    },
  );

  it('believes the disk when a write was whole and failed all the same', async () => {
    paper.failsAfter = 10_000;
    await expect(keeper.record(consent('a'))).rejects.toThrow('ENOSPC');
    await keeper.record(consent('b'));
    expect(subjects()).toEqual(['a', 'b']);
  });

  it('mends a torn end when it is opened', async () => {
    await keeper.record(consent('a'));
    paper.text += '{"type":"cons';
    keeper = await open();
    await keeper.record(consent('b'));
    expect(readJournal(paper.text)).toMatchObject({ ok: true, lines: 2 });
  });

  it('leaves a damaged one as it is', async () => {
    await keeper.record(consent('a'));
    paper.text = `x${paper.text}`;
    const before = paper.text;
    const other = new JournalKeeper(paper.store, new VirtualClock(1));
    expect(await other.load()).toMatchObject({ line: 1 });
    await expect(other.record(consent('b'))).rejects.toMatchObject({ code: 'EPH-NODE-JOURNAL-UNREADABLE' });
    expect(paper.text).toBe(before);
  });

  it('stays short, also when its shortening fails now and then', async () => {
    for (let i = 0; i < 1_000; i += 1) {
      if (i % 200 === 199) paper.failsAfter = i % 400 === 199 ? 0 : 100_000;
      await keeper.record(consent(`${i}`)).catch(() => keeper.record(consent(`again ${i}`)));
    }
    expect(paper.text.split('\n').length).toBeLessThan(260);
    const last = subjects();
    keeper = await open();
    expect(subjects()).toEqual(last);
    expect(last.at(-1)).toMatch(/999$/);
  });

  it('writes what comes at the same time one after the other', async () => {
    await Promise.all(['a', 'b', 'c'].map((subject) => keeper.record(consent(subject))));
    expect(subjects()).toEqual(['a', 'b', 'c']);
    expect(readJournal(paper.text)).toMatchObject({ ok: true, lines: 3 });
  });
});
