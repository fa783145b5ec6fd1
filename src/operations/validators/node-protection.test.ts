import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf } from '../../../test/simulation/network.ts';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { known } from '../../base/answer.ts';
import { type PublicKey, publicKeyOf } from '../../core/keys/public-key.ts';
import { emptyJournal } from '../../core/node/journal-state.ts';
import { journalLine } from '../../core/node/journal-text.ts';
import { chooseProtection } from '../../core/node/protection-choice.ts';
import { readInterchanges, writeInterchange } from '../../protection/interchange-file.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { carriedName } from '../../storage/files/protection-names.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { giveProtection, handProtection } from './node-protection.ts';

const genesisValidatorsRoot = `0x${'ab'.repeat(32)}`;
const keys = [1, 2, 3, 4].map((n) => publicKeyOf(new Uint8Array(48).fill(n).fill(0x80, 0, 1)));

let host: BackupHost;
let store: FileNodeStore;
beforeEach(async () => {
  host = await backupHost();
  store = new FileNodeStore(host.paths, 'home');
});
afterEach(() => host.remove());

/** As it stands in a journal. */
function reset(iteration: number) {
  const identity = identityOf(iteration);
  const common = { atMs: 1, cause: 'scheduled', scheduledAtMs: 1, waitedMs: 0, givesUp: [] } as const;
  return { type: 'reset.started', identity, ...common } as const;
}

/** A file that says what one key signed. */
async function fileOf(key: PublicKey, of = { genesisValidatorsRoot }): Promise<string> {
  const file = join(host.folder, `${key}.json`);
  const history = { pubkey: key, blocks: [{ slot: 7 }], attestations: [] };
  await writeInterchange(file, { ...of, histories: new Map([[key, history]]) });
  return file;
}
const give = async (key: PublicKey) =>
  giveProtection(store, { genesisValidatorsRoot, files: [await fileOf(key)] });

/** What a client that starts next is given. */
async function carriedNext(): Promise<readonly PublicKey[]> {
  const { stores, damaged } = await store.protection();
  const choice = chooseProtection(
    { protection: known({ stores, damaged }), journal: emptyJournal },
    { genesisValidatorsRoot, client: 'toy' },
  );
  if (choice.kind !== 'new') throw new Error(`the store is ${choice.kind}`);
  const files: string[] = [];
  await store.openProtection(choice.store, async (earlier) => {
    for (const each of earlier) files.push(join(store.protectionPath(each), carriedName));
  });
  return [...(await readInterchanges(files)).histories.keys()].sort();
}

describe('slashing protection of keys that move', () => {
  const { identity } = reset(5);
  const [key = '0x'] = keys;

  async function nodeOn(
    name: string,
    network: string,
    iteration: number | undefined,
  ): Promise<AssembledNode> {
    const own = new FileNodeStore(host.paths, name);
    if (iteration !== undefined) await own.appendJournal(journalLine(reset(iteration)));
    const history = { pubkey: key, blocks: [{ slot: 7 }], attestations: [] };
    const { genesisValidatorsRoot } = identity;
    const environment = {
      store: own,
      runtime: { recover: async () => undefined },
      releases: { held: async () => [{ identity }] },
      exportProtection: async () => ({ genesisValidatorsRoot, histories: new Map([[key, history]]) }),
    };
    return { setup: { name, network: { name: network } }, environment } as unknown as AssembledNode;
  }

  it.each<[string, [network: string, iteration?: number], boolean, number]>([
    ['on the same network', ['mine', 5], true, 1],
    ['still on the one before', ['mine', 4], false, 1],
    ['not up yet', ['mine'], false, 1],
    ['on another one', ['other'], false, 0],
  ])('goes to a node that is %s', async (_, [network, iteration], isSame, stores) => {
    const giver = await nodeOn('giver', 'mine', 5);
    await giveProtection(giver.environment.store, { ...identity, files: [await fileOf(key, identity)] });
    const taker = await nodeOn('taker', network, iteration);
    const file = join(host.folder, 'moving.json');
    expect(await handProtection(giver, { taker, file })).toBe(isSame);
    expect((await taker.environment.store.protection()).stores).toHaveLength(stores);
  });
});

it('of a client that its node has no more is not exported, and that is said with what to do', async () => {
  const { identity } = reset(5);
  await store.appendJournal(journalLine(reset(5)));
  await store.openProtection({ ...identity, client: 'toy', number: 1 }, async (_earlier, into) => {
    await writeFile(join(into, 'store.db'), 'what it signed');
  });
  const environment = {
    store,
    runtime: { recover: async () => undefined },
    releases: { held: async () => [{ identity }] },
    exportProtection: async () => Promise.reject(new Error('there is no client')),
  };
  const giver = { setup: { name: 'home', network: { name: 'n' } }, environment } as unknown as AssembledNode;
  const file = join(host.folder, 'moving.json');
  await expect(handProtection(giver, { taker: giver, file })).rejects.toMatchObject({
    code: 'EPH-VALIDATORS-NO-CLIENT',
    facts: { node: 'home' },
  });
});

describe('slashing protection that is given to a node', () => {
  it('by several at once is all there', async () => {
    await Promise.all(keys.map(give));
    expect(await carriedNext()).toEqual(keys);
  });

  it('while a client’s store is being opened goes into the next one', async () => {
    const [first = '0x'] = keys;
    const opened = { genesisValidatorsRoot, client: 'toy', number: 1 };
    await store.openProtection(opened, async (_earlier, into) => {
      await writeFile(join(into, carriedName), '{}');
      await give(first);
    });
    await writeInterchange(join(store.protectionPath(opened), carriedName), {
      genesisValidatorsRoot,
      histories: new Map(),
    });
    expect(await carriedNext()).toEqual([first]);
  });
});
