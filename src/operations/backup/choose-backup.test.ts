import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { directoryTarget } from '../../backup/targets/directory-target.ts';
import { chooseBackup, listBackups } from './choose-backup.ts';

const day = 86_400_000;
let [first, second, third]: readonly BackupHost[] = [];
beforeEach(async () => {
  first = await backupHost();
  second = await backupHost(first.target);
  third = await backupHost(first.target);
  await writeKeySet(first.paths.root, 'main', [1]);
  await writeKeySet(second.paths.root, 'main', [2]);
});
afterEach(async () => {
  for (const host of [third, second, first]) await host?.remove();
});

function hosts(): readonly [BackupHost, BackupHost, BackupHost] {
  if (first === undefined || second === undefined || third === undefined) throw new RangeError('not open');
  return [first, second, third];
}

describe('a target that several hosts share', () => {
  it('shows whose each backup is', async () => {
    const [a, b, c] = hosts();
    const [ofA, ofB] = [await a.make(), await b.make()];
    const old = 'ephemery-20261101T120000Z-0a1b2c3d.age';
    await writeFile(join(a.target, old), 'of an earlier version');
    const seen = (host: BackupHost) => listBackups(host.services, [directoryTarget(host.target)]);
    expect(await seen(a)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: ofA.name, installation: ofA.installation, isOurs: true }),
        expect.objectContaining({ name: ofB.name, installation: ofB.installation, isOurs: false }),
        expect.objectContaining({ name: old, isOurs: false }),
      ]),
    );
    expect((await seen(a)).find(({ name }) => name === old)).not.toHaveProperty('installation');
    expect((await seen(c)).every(({ isOurs }) => !isOurs)).toBe(true);
    // Who only looks becomes no installation by it.
    expect(await readdir(c.paths.root)).not.toContain('installation.json');
  });

  it('has its old ones removed by who made them, and by nobody else', async () => {
    const [a, b] = hosts();
    const ofB = await b.make();
    const old = 'ephemery-20200101T120000Z-0a1b2c3d.age';
    await writeFile(join(a.target, old), 'of an earlier version');
    const made: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      a.clock.jump(day);
      made.push((await a.make({ keep: { count: 2, ageMs: 0 } })).name);
    }
    expect((await readdir(a.target)).sort()).toEqual([...made.slice(2), ofB.name, old].sort());
  });

  it('has what a killed upload left removed by who began it, and not while that may go on', async () => {
    const [a, b] = hosts();
    const [ofA, ofB] = [await a.make(), await b.make()];
    for (const { name } of [ofA, ofB]) await rename(join(a.target, name), join(a.target, `${name}.part`));
    await a.make();
    expect(await readdir(a.target)).toHaveLength(3);
    a.clock.jump(2 * 3_600_000);
    await a.make();
    const names = await readdir(a.target);
    expect(names.filter((name) => name.endsWith('.part'))).toEqual([`${ofB.name}.part`]);
    expect(names).toHaveLength(3);
  });

  it('has nothing removed by a copy of a root, which bears the name of another', async () => {
    const [a] = hosts();
    for (let count = 0; count < 3; count += 1) {
      a.clock.jump(day);
      await a.make();
    }
    // The folder is another, as in a copy.
    await mkdir(join(a.folder, 'copy'));
    for (const name of await readdir(a.paths.root))
      await rename(join(a.paths.root, name), join(a.folder, 'copy', name));
    await rm(a.paths.root, { recursive: true });
    await rename(join(a.folder, 'copy'), a.paths.root);
    await a.make({ keep: { count: 1, ageMs: 0 } });
    expect(await readdir(a.target)).toHaveLength(4);
  });

  it('gives a host its own newest, whoever made one later', async () => {
    const [a, b] = hosts();
    const ofA = await a.make();
    b.clock.jump(day);
    const ofB = await b.make();
    expect((await a.choose()).name).toBe(ofA.name);
    expect((await a.choose(undefined, ofB.installation.slice(0, 6))).name).toBe(ofB.name);
    expect((await a.choose(undefined, 'any')).name).toBe(ofB.name);
    expect((await a.choose(ofB.name)).name).toBe(ofB.name);
  });

  it('is asked for by name from a new machine, where there is more than one', async () => {
    const [a, b, c] = hosts();
    const ofA = await a.make();
    expect((await c.choose()).name).toBe(ofA.name);
    const ofB = await b.make();
    await expect(c.choose()).rejects.toMatchObject({
      code: 'EPH-BACKUP-SEVERAL-HOSTS',
      facts: { installations: expect.arrayContaining([ofA.installation, ofB.installation]) },
    });
    expect((await c.choose(undefined, ofA.installation)).name).toBe(ofA.name);
    for (const from of ['ffff', ofA.installation.slice(0, 2), ''])
      await expect(c.choose(undefined, from)).rejects.toMatchObject({ code: 'EPH-BACKUP-NONE' });
  });
});

describe('of several targets', () => {
  it('one that does not answer is no reason not to take a backup by its name, and hides no newer one', async () => {
    const [a] = hosts();
    const { name } = await a.make();
    await writeFile(join(a.folder, 'a-file'), '');
    const targets = [directoryTarget(join(a.folder, 'a-file', 'x')), directoryTarget(a.target)];
    const chosen = await chooseBackup(a.services, { wanted: name, targets });
    expect(chosen.name).toBe(name);
    await chosen.end();
    for (const wanted of [undefined, 'ephemery-20200101T120000Z-0a1b2c3d.age'])
      await expect(chooseBackup(a.services, { wanted, targets })).rejects.toMatchObject({
        code: 'EPH-BACKUP-TARGET',
      });
  });
});
