import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { gatherFiles } from '../../backup/gather.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { gvr8 } from '../../core/network/identity.ts';
import { Protection } from '../../mayfly-validator/protection/protection.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import type { Services } from '../services.ts';
import { asSafeFiles, storesInUse } from './stores-in-use.ts';

const root = `0x02${'0'.repeat(62)}`;
const network = gvr8(root);

let host: BackupHost;
let key: PublicKey;
let running: boolean | undefined;
beforeEach(async () => {
  host = await backupHost();
  const [first] = await writeKeySet(host.paths.root, 'main', [1]);
  if (first === undefined) throw new RangeError('no key');
  key = first;
  running = true;
});
afterEach(() => host.remove());

/** A store that a client of that name has, and a record of its signing. */
async function signing(client: string, endedAtMs?: number): Promise<string> {
  const store = new FileNodeStore(host.paths, 'home');
  for (const number of [1, 2])
    await store.openProtection({ genesisValidatorsRoot: root, client, number }, async (_earlier, into) =>
      writeFile(join(into, 'carried-over.json'), `{"data":["of ${number}"]}`),
    );
  const owners = new KeyOwners(host.paths.keys);
  const ended = endedAtMs === undefined ? {} : { endedAtMs };
  const signed = {
    genesisValidatorsRoot: root,
    iteration: 3,
    keysFingerprint: 'f',
    startedAtMs: 5,
    ...ended,
  };
  await owners.write('main', { node: 'home', installation: 'i', signed });
  const path = store.protectionPath({ genesisValidatorsRoot: root, client, number: 2 });
  await mkdir(join(path, 'validators'));
  await writeFile(join(path, 'validators', 'slashing_protection.sqlite'), 'torn, perhaps');
  return path;
}

/** The runtime of this host: undefined is one that does not answer. */
const inUse = () => {
  const runtime = async () => {
    if (running === undefined) throw new Error('no answer');
    return { recover: async () => (running === true ? 'a handle' : undefined) };
  };
  return storesInUse({ ...host.services, runtime } as unknown as Services);
};
const make = () => host.make({ inUse });

async function restoredElsewhere(): Promise<readonly string[]> {
  await rm(host.paths.root, { recursive: true });
  await host.restore();
  const folder = join(host.paths.nodes, 'home', 'protection', network);
  return (await readdir(folder, { recursive: true })).sort();
}

describe('a database that its client writes into', () => {
  it.each([true, undefined])(
    'is not copied (%s); what it began with goes instead, and the backup says so',
    async (runs) => {
      running = runs;
      await signing('lighthouse');
      const made = await make();
      expect(made.behind).toMatchObject([{ node: 'home', store: `${network}/lighthouse-2` }]);
      const ageMs = Date.now() - (made.behind[0]?.asOfMs ?? 0);
      expect(ageMs).toBeLessThan(60_000);
      expect(await restoredElsewhere()).toEqual([
        'given-2',
        'given-2/carried-over.json',
        'given-2/store.json',
        'lighthouse-1',
        'lighthouse-1/carried-over.json',
        'lighthouse-1/store.json',
      ]);
      // As a store that the next client is given: it opens a new one with all of it.
      const { stores, damaged } = await new FileNodeStore(host.paths, 'home').protection();
      expect(damaged).toEqual([]);
      expect(stores).toContainEqual({ genesisValidatorsRoot: root, client: 'given', number: 2 });
      const carried = join(host.paths.nodes, 'home', 'protection', network, 'given-2', 'carried-over.json');
      expect(await readFile(carried, 'utf8')).toBe('{"data":["of 2"]}');
    },
  );

  it('is copied when the client has surely ended, on record or by its runtime', async () => {
    await signing('lighthouse', 9);
    expect((await make()).behind).toEqual([]);
    await new KeyOwners(host.paths.keys).forget('main');
    await rm(join(host.paths.nodes, 'home'), { recursive: true });
    await signing('lighthouse');
    running = false;
    expect((await make()).behind).toEqual([]);
    const files = await restoredElsewhere();
    expect(files).toContain('lighthouse-2/validators/slashing_protection.sqlite');
    expect(files).not.toContain('given-2');
  });

  it('stays what it is where it is here still', async () => {
    await signing('lighthouse');
    await make();
    await host.restore();
    const names = await readdir(join(host.paths.nodes, 'home', 'protection', network));
    expect(names.sort()).toEqual(['lighthouse-1', 'lighthouse-2']);
  });

  it('is left out of a backup during which its client began', async () => {
    await signing('lighthouse');
    let looks = 0;
    running = false;
    const made = await host.make({
      inUse: async () => {
        looks += 1;
        if (looks === 2) running = true;
        return inUse();
      },
    });
    expect(looks).toBe(4);
    expect(made.behind).toHaveLength(1);
    expect(await restoredElsewhere()).toContain('given-2');
  });

  it('is not waited for when clients begin and end all the time', async () => {
    await signing('lighthouse');
    let looks = 0;
    const restless = async () => {
      looks += 1;
      running = looks % 2 === 0;
      return inUse();
    };
    await expect(host.make({ inUse: restless })).rejects.toThrow('all the time');
    expect(await readdir(join(host.paths.root, 'backups', 'outgoing'))).toEqual([]);
    expect(await readdir(host.target).catch(() => [])).toEqual([]);
  });
});

describe("what Mayfly's validator client signs while it is backed up", () => {
  it('is in the backup, all that was on the disk when that began, also while the log is folded', async () => {
    const path = await signing('mayfly');
    await rm(join(path, 'validators'), { recursive: true });
    const protection = await Protection.open(path, root);
    const blockRoot = `0x${'1'.repeat(64)}`;
    let slot = 0;
    const sign = async () => {
      slot += 1;
      expect(await protection.claimBlock({ key, slot, root: blockRoot })).toBeUndefined();
      if (slot % 3 === 0) await protection.export();
    };
    for (let round = 0; round < 5; round += 1) {
      await sign();
      const known = slot;
      let isMade = false;
      const made = make().finally(() => {
        isMade = true;
      });
      while (!isMade) await sign();
      const { name, behind } = await made;
      expect(behind).toEqual([]);
      const other = await backupHost(host.target);
      await other.restore({ key: host.key }, name);
      const again = join(other.paths.nodes, 'home', 'protection', network, 'mayfly-2');
      const reopened = await Protection.open(again, root);
      expect(await reopened.claimBlock({ key, slot: known, root: `0x${'2'.repeat(64)}` })).toBeDefined();
      await reopened.close();
      await other.remove();
    }
    await protection.close();
  });

  it('is not missed by a fold between any two of its files', async () => {
    const path = await signing('mayfly');
    const protection = await Protection.open(path, root);
    expect(await protection.claimBlock({ key, slot: 7, root: `0x${'1'.repeat(64)}` })).toBeUndefined();
    const { files } = asSafeFiles(await gatherFiles(host.paths.root), await inUse());
    const copy = join(host.folder, 'copy');
    await mkdir(copy);
    for (const { path: name, source } of files.filter((file) => file.source.startsWith(path))) {
      const content = await readFile(source);
      if (name.includes('slashing-protection')) await writeFile(join(copy, basename(name)), content);
      await protection.export();
    }
    await protection.close();
    const reopened = await Protection.open(copy, root);
    expect(await reopened.claimBlock({ key, slot: 7, root: `0x${'2'.repeat(64)}` })).toBeDefined();
    await reopened.close();
  });
});
