import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { killedAtChange } from '../../../test/support/file-death.ts';
import { sealKey, testKeys, writeKeySet } from '../../../test/support/key-set.ts';
import { wallet, walletFile } from '../../../test/support/prysm-wallet.ts';
import { keyPlacesOf } from '../../core/clients/key-places.ts';
import { web3signer } from '../../core/clients/signer/web3signer.ts';
import { lighthouseValidator } from '../../core/clients/validator/lighthouse.ts';
import { lodestarValidator } from '../../core/clients/validator/lodestar.ts';
import { mayflyValidator } from '../../core/clients/validator/mayfly.ts';
import { nimbusValidator } from '../../core/clients/validator/nimbus.ts';
import { prysmValidator } from '../../core/clients/validator/prysm.ts';
import { tekuValidator } from '../../core/clients/validator/teku.ts';
import { protectionFolder } from '../../core/node/protection-choice.ts';
import { foundKeys } from './found-keys.ts';
import { FileNodeStore } from './node-store.ts';
import { rootPaths } from './root-paths.ts';

const [ours, foreign] = await Promise.all(testKeys('copies', 2).map(sealKey));
if (ours === undefined || foreign === undefined) throw new RangeError('two keys');
const genesisValidatorsRoot = `0x${'ab'.repeat(32)}`;
const places = keyPlacesOf([
  lighthouseValidator,
  lodestarValidator,
  mayflyValidator,
  nimbusValidator,
  prysmValidator,
  tekuValidator,
  web3signer,
]);
/** Where each client has a key that it was given over its API. Source: the clients' own layouts. */
const overApi: Readonly<Record<string, (key: string) => readonly [string, string]>> = {
  lighthouse: (key) => [`validators/${key}/voting-keystore.json`, `secrets/${key}`],
  lodestar: (key) => [`keystores/${key}/voting-keystore.json`, `secrets/${key}`],
  mayfly: (key) => [`imported/keystores/${key}.json`, `imported/secrets/${key}`],
  nimbus: (key) => [`validators/${key}/keystore.json`, `secrets/${key}`],
  teku: (key) => [
    `validator/key-manager/local/${key.slice(2)}.json`,
    `validator/key-manager/local-passwords/${key.slice(2)}.txt`,
  ],
};

let root: string;
let store: FileNodeStore;
const protection = (client: string, number = 1) => ({ genesisValidatorsRoot, client, number });
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'key-copies-'));
  store = new FileNodeStore(rootPaths(root), 'home');
  await writeKeySet(join(root, 'keys', 'main'), testKeys('copies', 1));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function open(client: string, number = 1): Promise<string> {
  await store.openProtection(protection(client, number), async () => undefined);
  return store.protectionPath(protection(client, number));
}

async function lay(data: string, file: string, content: string): Promise<void> {
  await mkdir(dirname(join(data, file)), { recursive: true });
  await writeFile(join(data, file), content);
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Every file of the root that has this content. */
async function holding(content: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of await filesIn(root)) if ((await readFile(file, 'utf8')) === content) found.push(file);
  return found;
}

describe('copies of keys in the stores of clients that do not run', () => {
  it.each(Object.keys(overApi))('go from all stores of %s but one, protection stays', async (client) => {
    const places1 = overApi[client]?.(ours.pubkey) ?? [];
    const used = await open(client, 1);
    const now = await open(client, 2);
    for (const data of [used, now]) {
      await lay(data, places1[0] ?? '', ours.keystore);
      await lay(data, places1[1] ?? '', ours.password);
      await lay(data, 'slashing_protection.sqlite', 'history');
    }
    const except = protectionFolder(protection(client, 2));
    expect(await store.withdrawKeys({ places, except })).toEqual([]);
    expect(await holding(ours.keystore)).toEqual(
      [join(now, places1[0] ?? ''), join(root, 'keys', 'main', 'keystores', `${ours.pubkey}.json`)]
        .sort()
        .reverse(),
    );
    expect(await store.withdrawKeys({ places })).toEqual([]);
    expect(await holding(ours.keystore)).toHaveLength(1);
    expect(await holding(ours.password)).toHaveLength(1);
    expect(await holding('history')).toHaveLength(2);
  });

  it.each(Object.keys(overApi))(
    'are put aside where %s alone has the key, whenever we are killed',
    async (client) => {
      const [keystore = '', password = ''] = overApi[client]?.(foreign.pubkey) ?? [];
      const [copy = '', itsPassword = ''] = overApi[client]?.(ours.pubkey) ?? [];
      let kills = 0;
      for (let at = 1; at < 40; at += 1) {
        await rm(join(root, 'nodes'), { recursive: true, force: true });
        const data = await open(client);
        await lay(data, copy, ours.keystore);
        await lay(data, itsPassword, ours.password);
        await lay(data, keystore, foreign.keystore);
        await lay(data, password, foreign.password);
        const withdraw = async () => void (await store.withdrawKeys({ places }));
        const killed = await killedAtChange(at, withdraw);
        if (killed) kills += 1;
        const why = `killed at ${at}`;
        for (const content of [foreign.keystore, foreign.password])
          expect(await holding(content), why).toHaveLength(1);
        await withdraw();
        const aside = join(root, 'nodes', 'home', 'found-keys', `abababab-${client}-1`);
        expect(await readFile(join(aside, keystore), 'utf8'), why).toBe(foreign.keystore);
        expect(await readFile(join(aside, password), 'utf8'), why).toBe(foreign.password);
        expect(await holding(ours.keystore), why).toHaveLength(1);
        expect(
          (await filesIn(data)).map((file) => file.slice(data.length + 1)),
          why,
        ).toEqual(['store.json']);
        if (!killed) break;
      }
      expect(kills).toBeGreaterThan(4);
    },
  );

  it('are told as found until a key set has them, or the folder is removed', async () => {
    const data = await open('lighthouse');
    const [keystore = '', password = ''] = overApi.lighthouse?.(foreign.pubkey) ?? [];
    await lay(data, keystore, foreign.keystore);
    await lay(data, password, foreign.password);
    const [folder = ''] = await store.withdrawKeys({ places });
    const found = () => foundKeys({ nodes: join(root, 'nodes'), keys: join(root, 'keys') });
    expect(await found()).toEqual([{ node: 'home', folder, keys: [foreign.pubkey], unread: 0 }]);
    await lay(root, `keys/main/keystores/${foreign.pubkey}.json`, foreign.keystore);
    expect(await found()).toHaveLength(1);
    await lay(root, `keys/main/secrets/${foreign.pubkey}`, foreign.password);
    expect(await found()).toEqual([]);
  });

  it('are told from a key whose password its set has lost', async () => {
    const data = await open('lighthouse');
    const [keystore, password] = overApi.lighthouse?.(ours.pubkey) ?? ['', ''];
    await lay(data, keystore, ours.keystore);
    await lay(data, password, ours.password);
    await rm(join(root, 'keys', 'main', 'secrets', ours.pubkey));
    expect(await store.withdrawKeys({ places })).toHaveLength(1);
    expect(await holding(ours.password)).toHaveLength(1);
  });

  it('in a wallet of Prysm are opened to see whose they are', async () => {
    const token = (await readFile(await store.keymanagerTokenPath(), 'utf8')).trim();
    const data = await open('prysm');
    await lay(data, 'validator.db', 'history');
    await lay(data, walletFile, await wallet([ours.pubkey], token));
    expect(await store.withdrawKeys({ places })).toEqual([]);
    await lay(data, walletFile, await wallet([ours.pubkey, foreign.pubkey], token));
    const [aside = ''] = await store.withdrawKeys({ places });
    const passwordFile = join(aside, 'wallet-password.txt');
    expect([...(await filesIn(aside))].sort()).toEqual([passwordFile, join(aside, walletFile)].sort());
    expect((await readFile(passwordFile, 'utf8')).trim()).toBe(token);
    expect(await foundKeys({ nodes: join(root, 'nodes'), keys: join(root, 'keys') })).toEqual([
      { node: 'home', folder: aside, keys: [], unread: 1, passwordFile },
    ]);
    // One with a password that is not ours is nobody's to throw away.
    const strange = await wallet([ours.pubkey], 'unknown');
    await lay(data, walletFile, strange);
    await store.withdrawKeys({ places });
    expect(await holding(strange)).toHaveLength(1);
    expect(await filesIn(aside)).toHaveLength(3);
    expect(await holding('history')).toHaveLength(1);
  });

  it('in the place of a signer go where none is to run', async () => {
    const folder = await store.signerPath();
    await lay(folder, `keys/${ours.pubkey}.json`, ours.keystore);
    await store.withdrawKeys({ places, exceptSigner: true });
    expect(await holding(ours.keystore)).toHaveLength(2);
    await store.withdrawKeys({ places });
    expect(await holding(ours.keystore)).toHaveLength(1);
  });
});
