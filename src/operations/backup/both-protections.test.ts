import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { known } from '../../base/answer.ts';
import { gvr8 } from '../../core/network/identity.ts';
import { emptyJournal } from '../../core/node/journal-state.ts';
import type { ProtectionStore } from '../../core/node/observed.ts';
import { chooseProtection } from '../../core/node/protection-choice.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';

const genesisValidatorsRoot = `0x02${'0'.repeat(62)}`;
const network = gvr8(genesisValidatorsRoot);
const key = `0x${'8'.repeat(96)}`;

let host: BackupHost;
let store: FileNodeStore;
beforeEach(async () => {
  host = await backupHost();
  store = new FileNodeStore(host.paths, 'home');
  await writeKeySet(host.paths.root, 'main', [1]);
});
afterEach(() => host.remove());

const folder = () => join(host.paths.nodes, 'home', 'protection', network);
const lose = () => rm(join(host.paths.nodes, 'home'), { recursive: true });

/** Opens a store in which that was signed. */
async function signed(name: string, content: string): Promise<void> {
  const [client = '', number] = name.split('-');
  const opened = { genesisValidatorsRoot, client, number: Number(number) };
  await store.openProtection(opened, async () => undefined);
  await mkdir(join(store.protectionPath(opened), 'db'));
  await writeFile(join(store.protectionPath(opened), 'db', 'signed'), content);
}

/** What was signed, by the names of the stores that are here; each marker says what its folder does. */
async function stores(): Promise<Record<string, string>> {
  const { stores: found, damaged } = await store.protection();
  expect(damaged).toEqual([]);
  const all = found.map(async (each) => {
    const path = store.protectionPath(each);
    const files = [join(path, 'db', 'signed'), join(path, 'carried-over.json')];
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
    return [`${each.client}-${each.number}`, texts.join('')] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

/** Which stores the next start of a client brings into a new one; undefined where it goes on with its last. */
async function carriedBy(client: string): Promise<readonly string[] | undefined> {
  const protection = known(await store.protection());
  const choice = chooseProtection({ protection, journal: emptyJournal }, { genesisValidatorsRoot, client });
  if (choice.kind !== 'new') return undefined;
  let carried: readonly ProtectionStore[] = [];
  await store.openProtection(choice.store, async (earlier) => {
    carried = earlier;
  });
  return carried.map((each) => `${each.client}-${each.number}`).toSorted();
}

describe('slashing protection of a backup, where the node has some of its network', () => {
  it('stays beside a store of its name that was opened anew, and the next client knows both', async () => {
    await signed('toy-1', 'before the loss');
    await host.make();
    await lose();
    await signed('toy-1', 'after it');
    await host.restore();
    expect(await stores()).toEqual({ 'toy-1': 'after it', 'toy-2': 'before the loss', 'given-2': '' });
    expect(await carriedBy('toy')).toEqual(['given-2', 'toy-1', 'toy-2']);
  });

  it('comes once, however often it is restored', async () => {
    await signed('toy-1', 'before the loss');
    await host.make();
    await lose();
    await signed('toy-1', 'after it');
    for (const _ of [1, 2]) await host.restore();
    expect(Object.keys(await stores()).sort()).toEqual(['given-2', 'toy-1', 'toy-2']);
  });

  it('is not signed on with alone, where its last store is later than the new one here', async () => {
    for (const name of ['toy-1', 'beta-2', 'toy-3']) await signed(name, `old ${name}`);
    await host.make();
    await lose();
    await signed('toy-1', 'anew');
    await host.restore();
    expect(await stores()).toEqual({
      'toy-1': 'anew',
      'beta-2': 'old beta-2',
      'toy-3': 'old toy-3',
      'toy-4': 'old toy-1',
      'given-4': '',
    });
    expect(await carriedBy('toy')).toEqual(['beta-2', 'given-4', 'toy-1', 'toy-3', 'toy-4']);
  });

  it('of another client under the same number is known to the next one too', async () => {
    await signed('beta-1', 'before the loss');
    await host.make();
    await lose();
    await signed('toy-1', 'after it');
    await host.restore();
    expect(await carriedBy('toy')).toEqual(['beta-1', 'given-1', 'toy-1']);
  });

  it('adds nothing to what is here unchanged, nor with an older store that the last one has in it', async () => {
    await signed('toy-1', 'first');
    await signed('toy-2', 'all');
    await host.make();
    await host.restore();
    await rm(join(folder(), 'toy-1'), { recursive: true });
    await host.restore();
    expect(await stores()).toEqual({ 'toy-1': 'first', 'toy-2': 'all' });
    expect(await carriedBy('toy')).toBeUndefined();
  });

  it('comes back as it was where the node has none', async () => {
    await signed('toy-1', 'all');
    await host.make();
    await lose();
    await host.restore();
    expect(await stores()).toEqual({ 'toy-1': 'all' });
    expect(await carriedBy('toy')).toBeUndefined();
  });

  it('is not lost for what a person gave since under the same name', async () => {
    const give = (content: string) =>
      store.giveProtection(genesisValidatorsRoot, (into) =>
        writeFile(join(into, 'carried-over.json'), content),
      );
    await give('{"data":["first"]}');
    await host.make();
    await lose();
    await give('{"data":["second"]}');
    await host.restore();
    expect(Object.values(await stores()).sort()).toEqual(['{"data":["first"]}', '{"data":["second"]}']);
  });

  it('with a marker that says nothing is left out where there is one of its name', async () => {
    await signed('toy-1', 'old');
    await writeFile(join(folder(), 'toy-1', 'store.json'), '{}');
    await host.make();
    await lose();
    await signed('toy-1', 'new');
    await host.restore();
    expect(await stores()).toEqual({ 'toy-1': 'new' });
  });
});

describe('what a signer remembered', () => {
  const file = async () => store.signerProtectionPath(genesisValidatorsRoot);
  const remembers = async (slots: readonly number[]) => {
    const data = [
      { pubkey: key, signed_blocks: slots.map((slot) => ({ slot: `${slot}` })), signed_attestations: [] },
    ];
    const metadata = {
      interchange_format_version: '5',
      genesis_validators_root: genesisValidatorsRoot,
    };
    const text = JSON.stringify({ metadata, data });
    await writeFile(await file(), text);
    return text;
  };

  it('is given to the next client where what is here forbids less', async () => {
    const before = await remembers([5, 9]);
    await host.make();
    const since = await remembers([7]);
    await host.restore();
    expect(await readFile(await file(), 'utf8')).toBe(since);
    expect(await stores()).toEqual({ 'given-1': before });
    expect(await carriedBy('vero')).toEqual(['given-1']);
  });

  it('stays as it is where that here forbids all of it', async () => {
    await remembers([5]);
    await host.make();
    const since = await remembers([5, 7]);
    await host.restore();
    expect(await readFile(await file(), 'utf8')).toBe(since);
    expect(await readdir(join(host.paths.nodes, 'home'))).not.toContain('protection');
  });
});
