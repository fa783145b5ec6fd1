import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { devnetFolder } from '../devnet/devnet-file.ts';
import { writeLeftOut } from '../devnet/left-out.ts';
import { LeftOutWatch } from './left-out-watch.ts';
import type { SupervisorEvent } from './supervisor-event.ts';

describe('files of genesis validators that a local network did not take', () => {
  let root: string;
  let folder: string;
  let events: SupervisorEvent[];
  let watch: LeftOutWatch;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'left-out-'));
    folder = devnetFolder(root, 'mine');
    await mkdir(folder, { recursive: true });
    events = [];
    watch = new LeftOutWatch({ root }, (event) => events.push(event));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const files = [{ file: 'luigi.txt', reason: 'line 1 is none.' }];

  it('are a finding each, until a release is made with all there are', async () => {
    await watch.look(['mine']);
    expect(watch.findings).toEqual([]);
    await writeLeftOut(folder, { iteration: 4, files });
    await watch.look(['mine']);
    await watch.look(['mine']);
    expect(watch.findings).toMatchObject([
      { code: 'EPH-DEVNET-VALIDATORS-LEFT-OUT', subject: { network: 'mine' }, severity: 'warning' },
    ]);
    expect(watch.findings[0]?.long).toBe(
      'The genesis of iteration 4 of the local network mine is made without the validators of luigi.txt: line 1 is none.',
    );
    await writeLeftOut(folder, { iteration: 5, files: [] });
    await watch.look(['mine']);
    expect(watch.findings).toEqual([]);
    expect(events.map((event) => 'holds' in event && event.holds)).toEqual([true, false]);
  });

  it('are told of no network that is kept no more, and of none whose note is damaged', async () => {
    await writeLeftOut(folder, { iteration: 4, files });
    await watch.look(['mine']);
    await watch.look([]);
    expect(watch.findings).toEqual([]);
    await writeFile(join(folder, 'left-out.json'), '{"iteration":4,"files":[{}, 1');
    await watch.look(['mine']);
    expect(watch.findings).toEqual([]);
  });
});
