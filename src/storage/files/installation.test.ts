import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRandom as random } from '../../base/random.ts';
import { claimInstallation, hostMarks, openInstallation } from './installation.ts';
import { KeyOwners } from './key-owners.ts';
import { rootPaths } from './root-paths.ts';

/** As `hostMarks` writes that there is none. */
const unseenMachine = createHash('sha256').update('ephemery-node ').digest('hex').slice(0, 16);
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'installation-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('an installation', () => {
  it('is bound to where it was made', async () => {
    const paths = rootPaths(folder);
    const first = await openInstallation(paths, { random });
    expect(first).toMatchObject({ state: 'bound', installation: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(await openInstallation(paths, { random })).toEqual(first);
  });

  it('that was copied is a copy, until it is claimed', async () => {
    const original = rootPaths(join(folder, 'a'));
    const copy = rootPaths(join(folder, 'b'));
    await new KeyOwners(original.keys).write('main', { node: 'home', installation: 'x' });
    const first = await openInstallation(original, { random });
    await cp(original.root, copy.root, { recursive: true, preserveTimestamps: true });
    expect(await openInstallation(copy, { random })).toEqual({
      state: 'changed',
      installation: first.installation,
      changes: ['the folder is a copy, or was restored'],
    });
    const claimed = await claimInstallation(copy, { random });
    expect(claimed).not.toBe(first.installation);
    expect(await openInstallation(copy, { random })).toEqual({ state: 'bound', installation: claimed });
    expect(await openInstallation(original, { random })).toEqual(first);
  });

  it.each([
    ['on another machine', { machine: 'other' }, 'changed'],
    ['on other hardware', { addresses: 'c d' }, 'changed'],
    ['with one network card more', { addresses: 'a c' }, 'bound'],
    ['where no card can be seen any more', { addresses: '' }, 'changed'],
    ['where the machine has no id any more', { machine: unseenMachine }, 'changed'],
  ])('whose image was restored %s is noticed as far as it shows', async (_what, other, state) => {
    const paths = rootPaths(folder);
    const marks = { machine: 'm', folder: 'f', addresses: 'a b' };
    await openInstallation(paths, { random, marks: async () => marks });
    const now = await openInstallation(paths, { random, marks: async () => ({ ...marks, ...other }) });
    expect(now.state).toBe(state);
  });

  it('that was never measured is bound to its folder, and says what it cannot see any more', async () => {
    const paths = rootPaths(folder);
    const unseen = { machine: unseenMachine, folder: 'f', addresses: '' };
    await openInstallation(paths, { random, marks: async () => unseen });
    expect((await openInstallation(paths, { random, marks: async () => unseen })).state).toBe('bound');
    const seen = { machine: 'm', folder: 'f', addresses: 'a' };
    await claimInstallation(paths, { random, marks: async () => seen });
    expect(await openInstallation(paths, { random, marks: async () => unseen })).toMatchObject({
      changes: [
        'the machine id, known before, cannot be read any more',
        'the addresses of the network hardware, known before, cannot be read any more',
      ],
    });
    const claimed = await claimInstallation(paths, { random, marks: async () => unseen });
    expect(await openInstallation(paths, { random, marks: async () => unseen })).toEqual({
      state: 'bound',
      installation: claimed,
    });
  });

  it('with a damaged record is not made anew by itself', async () => {
    await writeFile(join(folder, 'installation.json'), '{}');
    await expect(openInstallation(rootPaths(folder), { random })).rejects.toMatchObject({
      code: 'EPH-ROOT-LAYOUT-INVALID',
    });
  });

  it('tells nobody which machine it is on', async () => {
    const marks = await hostMarks(folder);
    expect(Object.values(marks).join(' ')).toMatch(/^[0-9a-f ]*$/);
  });
});

describe('the owner of a key set', () => {
  it('is changed in turns: of two that come first at the same time one finds the other', async () => {
    const seen: unknown[] = [];
    await Promise.all(
      [1, 2, 3].map((at) =>
        new KeyOwners(folder).change('main', (owner) => {
          seen.push(owner?.node);
          return owner === undefined ? { node: `n${at}`, installation: 'x' } : undefined;
        }),
      ),
    );
    const first = (await new KeyOwners(folder).read('main'))?.node;
    expect(seen).toEqual([undefined, first, first]);
  });

  it('loses nothing of what many change at once, and leaves no lock and a file for us alone', async () => {
    const one = () =>
      new KeyOwners(folder).change('main', (owner) => ({ node: `${owner?.node ?? ''}+`, installation: 'x' }));
    await Promise.all(Array.from({ length: 20 }, one));
    expect((await new KeyOwners(folder).read('main'))?.node).toBe('+'.repeat(20));
    expect(await readdir(folder)).toEqual(['main']);
    expect((await stat(join(folder, 'main', 'owner.json'))).mode & 0o777).toBe(0o600);
  });

  it('is not guessed from a damaged record', async () => {
    const owners = new KeyOwners(folder);
    await owners.write('main', { node: 'a', installation: 'x' });
    await writeFile(join(folder, 'main', 'owner.json'), '{"node":1}');
    await expect(owners.read('main')).rejects.toMatchObject({ code: 'EPH-STORE-OWNER-INVALID' });
    await owners.forget('main');
    expect(await owners.read('main')).toBeUndefined();
  });
});
