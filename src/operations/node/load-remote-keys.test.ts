import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeClient } from '../../../test/simulation/fake-clients.ts';
import { identityOf, network } from '../../../test/simulation/network.ts';
import { sealKey, testKeys, writeKeySet } from '../../../test/support/key-set.ts';
import { type Answer, known, unknown } from '../../base/answer.ts';
import { HttpClient } from '../../base/http.ts';
import { silentLog } from '../../base/log.ts';
import { createKeymanagerHttp } from '../../chain/http/keymanager.ts';
import { type PublicKey, publicKeyOf, shortPublicKey } from '../../core/keys/public-key.ts';
import { remoteKeysText } from '../../core/keys/remote-keys.ts';
import { emptyJournal, type JournalState } from '../../core/node/journal-state.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import { loadKeys } from './load-keys.ts';
import type { KeymanagerPlace, NodeEnvironment } from './node-environment.ts';
import type { NodeSetup, ValidatorSetup } from './node-setup.ts';

const identity = identityOf(10);
const keys = testKeys('load-remote-keys', 3);
const [first, second] = await Promise.all(keys.slice(0, 2).map(sealKey));
const stranger = publicKeyOf(keys[2]?.pubkey ?? new Uint8Array());
const both = [first?.pubkey ?? '0x', second?.pubkey ?? '0x'].sort() as readonly PublicKey[];
const http = new HttpClient({ environment: {} });
const step = {
  kind: 'load-keys',
  lane: 'validator',
  keySets: ['main'],
  identity,
  fingerprint: 'now',
} as const;

describe('the keys of a validator client that runs, which a remote signer has', () => {
  let folder: string;
  let server: Server;
  let url: string;
  let remote: Map<string, string>;
  let isReadonly: boolean;
  let quiet: Answer<boolean>;
  let unsigned: Answer<readonly PublicKey[]>;
  let asked: PublicKey[];
  let admitted: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'load-remote-keys-'));
    remote = new Map();
    isReadonly = false;
    quiet = known(true);
    unsigned = known([]);
    asked = [];
    admitted = 0;
    server = createServer(async (request, response) => {
      const body = await text(request);
      const told = answer(`${request.method} ${request.url}`, body);
      response.writeHead(told === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(told ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  /** The standard's remote key manager, as Lodestar and Teku have it, and as Vero, which knows no keystores. */
  let knowsKeystores = true;
  const answer = (call: string, body: string): unknown => {
    if (call === 'GET /eth/v1/keystores') return knowsKeystores ? { data: [] } : undefined;
    if (call === 'GET /eth/v1/remotekeys')
      return { data: [...remote].map(([pubkey, at]) => ({ pubkey, url: at, readonly: isReadonly })) };
    if (call === 'POST /eth/v1/remotekeys') {
      const wanted = JSON.parse(body) as { remote_keys: { pubkey: string; url: string }[] };
      for (const { pubkey, url: at } of wanted.remote_keys) remote.set(pubkey, at);
      return { data: wanted.remote_keys.map(() => ({ status: 'imported' })) };
    }
    const { pubkeys } = JSON.parse(body) as { pubkeys: string[] };
    return { data: pubkeys.map((each) => ({ status: remote.delete(each) ? 'deleted' : 'not_found' })) };
  };
  const setupOf = (held: 'both' | 'remote'): NodeSetup => {
    const definition = fakeClient('validator', 'gamma', {
      keymanager: { port: 'keymanager', token: 'none', keys: held, settings: [], signsExits: true },
    });
    const client = { definition, version: '1', args: [], env: {}, program: {} };
    const ports = { keymanager: Number(new URL(url).port) };
    const validator = { ...client, ports, keySets: ['main'], signerUrl: 'http://127.0.0.1:9000' };
    const chain = { ...client, ports: { rpc: 1, api: 2, engine: 3 } };
    return { name: 'home', network, execution: chain, consensus: chain, validator } as unknown as NodeSetup;
  };
  const onHost = { listen: '127.0.0.1', unit: () => '127.0.0.1' };
  const env = (addresses: NodeEnvironment['runtime']['addresses']) =>
    ({
      store: new FileNodeStore(rootPaths(folder), 'home'),
      log: silentLog,
      runtime: { addresses },
      beacon: () => ({}),
      guard: {
        admit: async ({ keys: which }: { keys: PublicKey[] }) => {
          asked.push(...which);
          return quiet;
        },
        admitted: async () => {
          admitted += 1;
        },
        withoutSigner: async () => unsigned,
      },
      keymanager: async ({ url: at, keys: held }: KeymanagerPlace) =>
        createKeymanagerHttp({ http, url: at, ...(held === undefined ? {} : { keys: held }) }),
    }) as unknown as NodeEnvironment;
  const load = (journal: JournalState, held: 'both' | 'remote' = 'both') => {
    knowsKeystores = held === 'both';
    return loadKeys({ setup: setupOf(held), env: env(onHost) }, { step, journal });
  };
  /** Both keys are in the set now; the client was started with so many of them. */
  const startedWith = async (count: number): Promise<JournalState> => {
    const handle = { runtime: 'fake', unit: 'home.validator', token: 'run-1' };
    const run = { client: 'gamma', fingerprint: 'f', folder: 'aa/gamma-1', identity: '10-aa', handle };
    await writeKeySet(join(folder, 'keys', 'main'), keys.slice(0, count));
    const inventory = await new FileNodeStore(rootPaths(folder), 'home').keys(['main']);
    await writeKeySet(join(folder, 'keys', 'main'), keys.slice(0, 2));
    return { ...emptyJournal, runs: { validator: run }, keys: inventory };
  };

  it('are named to the client when they came while it runs, once they were quiet', async () => {
    const journal = await startedWith(1);
    remote.set(first?.pubkey ?? '', 'http://127.0.0.1:9000');
    quiet = known(false);
    expect((await load(journal)).known).toBe(false);
    expect(remote.size).toBe(1);
    quiet = known(true);
    expect((await load(journal)).known).toBe(true);
    expect([...remote.keys()].sort()).toEqual(both);
    expect(remote.get(second?.pubkey ?? '')).toMatch(/^http:\/\/127\.0\.0\.1:9000\/?$/);
    expect(admitted).toBe(1);
  });

  it('are all of a set that are signed with: one that is in a keystore alone is told', async () => {
    const journal = await startedWith(2);
    const file = join(folder, 'keys', 'main', 'remote-keys.json');
    const taken = publicKeyOf(new Uint8Array(48).fill(5).fill(0x80, 0, 1));
    await writeFile(file, remoteKeysText([taken]));
    unsigned = unknown('refused');
    expect(await load(journal)).toEqual(unsigned);
    unsigned = known([second?.pubkey ?? '0x', taken]);
    await expect(load(journal)).rejects.toMatchObject({
      code: 'EPH-NODE-KEYS-WITHOUT-SIGNER',
      facts: { node: 'home', count: 1, keys: [shortPublicKey(second?.pubkey ?? '0x')] },
    });
    // Whoever took it away from the signer knows.
    unsigned = known([taken]);
    expect((await load(journal)).known).toBe(true);
  });

  it('are left to a client that looks for them itself, where it was started with them', async () => {
    const journal = await startedWith(2);
    expect((await load(journal)).known).toBe(true);
    expect(remote.size).toBe(0);
    expect(asked).toEqual([]);
  });

  it('are all named to a client that looks for none itself, once they were quiet', async () => {
    const journal = await startedWith(2);
    quiet = known(false);
    expect((await load(journal, 'remote')).known).toBe(false);
    expect(remote.size).toBe(0);
    quiet = known(true);
    expect((await load(journal, 'remote')).known).toBe(true);
    expect([...remote.keys()].sort()).toEqual(both);
    expect(new Set(asked)).toEqual(new Set(both));
    // Once more, as after a kill before the record.
    asked = [];
    expect((await load(journal, 'remote')).known).toBe(true);
    expect(asked).toEqual([]);
  });

  it('are named to such a client without those that its signer lacks, at which it would stop', async () => {
    const journal = await startedWith(2);
    const [one = '0x', other = '0x'] = both;
    unsigned = unknown('refused');
    expect(await load(journal, 'remote')).toEqual(unsigned);
    expect(remote.size).toBe(0);
    unsigned = known([other]);
    const lacking = { code: 'EPH-NODE-KEYS-WITHOUT-SIGNER', facts: { keys: [shortPublicKey(other)] } };
    await expect(load(journal, 'remote')).rejects.toMatchObject(lacking);
    expect([...remote.keys()]).toEqual([one]);
    // And when only a signer has it: this client does not find it by itself when it comes back.
    await writeFile(join(folder, 'keys', 'main', 'remote-keys.json'), remoteKeysText([other]));
    await expect(load(journal, 'remote')).rejects.toMatchObject(lacking);
    unsigned = known([]);
    expect((await load(journal, 'remote')).known).toBe(true);
    expect([...remote.keys()].sort()).toEqual(both);
    unsigned = known([one]);
    await expect(load(journal, 'remote')).rejects.toMatchObject({ code: lacking.code });
    expect([...remote.keys()]).toEqual([other]);
  });

  it('are named with the address of the signer as the client sees it', async () => {
    const journal = await startedWith(2);
    const inContainers = { listen: '0.0.0.0', unit: (name: string) => name };
    const made = setupOf('remote');
    const { signerUrl: _, ...validator } = made.validator ?? ({} as ValidatorSetup);
    const own = { ...made, validator, signer: { ...validator, ports: { api: 9100 } } } as NodeSetup;
    const loadTo = (setup: NodeSetup) => {
      remote.clear();
      return loadKeys({ setup, env: env(inContainers) }, { step, journal });
    };
    knowsKeystores = false;
    await loadTo(own);
    expect(new Set(remote.values())).toEqual(new Set(['http://home.signer:9100']));
    // On a local network the programs of a node may have the network of this host.
    const followUrl = 'http://127.0.0.1:9200';
    await loadTo({ ...own, consensus: { ...own.consensus, followUrl } });
    expect(new Set(remote.values())).toEqual(new Set(['http://127.0.0.1:9100']));
  });

  it('are taken away when they are of no set of the node', async () => {
    const journal = await startedWith(2);
    remote.set(stranger, 'http://127.0.0.1:9000');
    expect((await load(journal)).known).toBe(true);
    expect(remote.has(stranger)).toBe(false);
    // The list of the signer is watched instead.
    isReadonly = true;
    remote.set(stranger, 'http://127.0.0.1:9000');
    expect((await load(journal)).known).toBe(true);
  });
});
