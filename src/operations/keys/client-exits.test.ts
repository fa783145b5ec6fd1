import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeClient } from '../../../test/simulation/fake-clients.ts';
import { sealKey, testKeys, writeKeySet } from '../../../test/support/key-set.ts';
import { type MayflyKeymanager, openMayflyKeymanager } from '../../../test/support/mayfly-keymanager.ts';
import { HttpClient } from '../../base/http.ts';
import { Secret } from '../../base/secret.ts';
import { createKeymanagerHttp } from '../../chain/http/keymanager.ts';
import { exitDomain, signedExitJson, voluntaryExitRoot } from '../../core/keys/signed-messages.ts';
import { signingRoot } from '../../core/keys/signing-domain.ts';
import { signRoot } from '../../keys/bls.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { exitsOf } from './client-exits.ts';
import type { SigningIteration } from './signing-network.ts';

const keys = testKeys('client-exits', 2);
const [first, second] = await Promise.all(keys.map(sealKey));
const key = first?.pubkey ?? '0x';
const network: SigningIteration = {
  network: 'mine',
  iteration: 7,
  endsAtMs: 1,
  genesisForkVersion: new Uint8Array(4),
  capellaForkVersion: new Uint8Array([3, 0, 0, 1]),
  genesisValidatorsRoot: new Uint8Array(32).fill(7),
};
/** What the running client signs for, and as which validator. */
let signsFor: { network: SigningIteration; index: number; with: number };
let signsExits: boolean;
let folder: string;
let mayfly: MayflyKeymanager;
let node: AssembledNode;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-exits-'));
  await writeKeySet(join(folder, 'set'), keys);
  const store = new FileNodeStore(rootPaths(folder), 'home');
  const token = await readFile(await store.keymanagerTokenPath(), 'utf8');
  signsFor = { network, index: 12, with: 0 };
  signsExits = true;
  mayfly = await openMayflyKeymanager(folder, {
    token,
    network: `0x${'07'.repeat(32)}`,
    signExit: async (_, epoch = 99) => {
      const exit = { epoch, validatorIndex: signsFor.index };
      const secret = keys[signsFor.with]?.secretKey.toBytes() ?? new Uint8Array();
      return signedExitJson(
        exit,
        signRoot(secret, signingRoot(voluntaryExitRoot(exit), exitDomain(signsFor.network))),
      );
    },
  });
  const http = new HttpClient({ environment: {} });
  const validator = () => ({
    definition: fakeClient('validator', 'gamma', {
      keymanager: { port: 'keymanager', token: 'ours', keys: 'local', settings: [], signsExits },
    }),
    ports: { keymanager: Number(new URL(mayfly.url).port) },
    keySets: ['main'],
  });
  node = {
    setup: {
      name: 'home',
      network: { name: 'mine' },
      get validator() {
        return validator();
      },
    },
    environment: {
      store,
      keymanager: async ({ url }: { url: string }) =>
        createKeymanagerHttp({ http, url, token: new Secret(token) }),
    },
  } as unknown as AssembledNode;
});
afterEach(async () => {
  await mayfly.close();
  await rm(folder, { recursive: true, force: true });
});

const ask = (keySet = 'main', epoch = 5) =>
  exitsOf([node], { network, places: [{ key, keySet }], indices: new Map([[key, 12]]), epoch });

describe('exits that a running validator client signs', () => {
  it('are taken when they are of that validator and hold on that network', async () => {
    const [exit] = await ask();
    expect(exit).toMatchObject({
      pubkey: key,
      node: 'home',
      json: { message: { epoch: '5', validator_index: '12' } },
    });
  });

  it.each([
    ['of another validator', { index: 13 }, 'it is of validator 13'],
    [
      'of another iteration',
      { network: { ...network, genesisValidatorsRoot: new Uint8Array(32) } },
      'does not hold',
    ],
    ['by another key', { with: 1 }, 'does not hold'],
  ])('are refused when they are %s', async (_, more, words) => {
    expect(second).toBeDefined();
    signsFor = { ...signsFor, ...more };
    await expect(ask()).rejects.toMatchObject({
      code: 'EPH-KEYS-EXIT-OTHER',
      message: expect.stringContaining(words),
    });
  });

  it('need a node that has the set, and a client that signs exits', async () => {
    await expect(ask('other')).rejects.toMatchObject({ code: 'EPH-KEYS-NO-EXIT-SIGNER' });
    signsExits = false;
    await expect(ask()).rejects.toMatchObject({
      code: 'EPH-KEYS-NO-EXIT-SIGNER',
      message: expect.stringContaining('signs no exits on request'),
    });
  });
});
