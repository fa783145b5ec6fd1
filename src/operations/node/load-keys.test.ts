import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeClient } from '../../../test/simulation/fake-clients.ts';
import { identityOf, network } from '../../../test/simulation/network.ts';
import { sealKey, testKeys, writeKeySet } from '../../../test/support/key-set.ts';
import { type MayflyKeymanager, openMayflyKeymanager } from '../../../test/support/mayfly-keymanager.ts';
import { type Answer, known, unknown } from '../../base/answer.ts';
import { HttpClient } from '../../base/http.ts';
import { silentLog } from '../../base/log.ts';
import { Secret } from '../../base/secret.ts';
import { createKeymanagerHttp } from '../../chain/http/keymanager.ts';
import type { KeyFiles } from '../../core/clients/client.ts';
import { type PublicKey, publicKeyOf, shortPublicKey } from '../../core/keys/public-key.ts';
import { remoteKeysText } from '../../core/keys/remote-keys.ts';
import { emptyJournal, type JournalState } from '../../core/node/journal-state.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import { loadKeys } from './load-keys.ts';
import type { KeymanagerPlace, NodeEnvironment } from './node-environment.ts';
import type { NodeSetup, ValidatorSetup } from './node-setup.ts';
import { keepTold } from './told-keys.ts';

const identity = identityOf(10);
const keys = testKeys('load-keys', 3);
const [first, second] = await Promise.all(keys.map(sealKey));
const overApi: KeyFiles = { folders: [], perKey: [], gone: [] };
const settings = ['feeRecipient', 'gasLimit', 'graffiti'] as const;
const http = new HttpClient({ environment: {} });

describe('the keys of a validator client that runs', () => {
  let folder: string;
  let mayfly: MayflyKeymanager;
  let token: string;
  let store: FileNodeStore;
  let quiet: Answer<boolean>;
  let asked: PublicKey[];
  let admitted: number;
  let wanted: number;
  let unsigned: Answer<readonly PublicKey[]>;

  /** The set has so many keys; Mayfly was started with the first of them. */
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'load-keys-'));
    store = new FileNodeStore(rootPaths(folder), 'home');
    token = await readFile(await store.keymanagerTokenPath(), 'utf8');
    await writeKeySet(join(folder, 'set'), keys.slice(0, 1));
    mayfly = await openMayflyKeymanager(folder, { token, network: identity.genesisValidatorsRoot });
    quiet = known(true);
    asked = [];
    admitted = 0;
    wanted = 2;
    unsigned = known([]);
  });
  afterEach(async () => {
    await mayfly.close();
    await rm(folder, { recursive: true, force: true });
  });

  const env = (more: Partial<NodeEnvironment> = {}) =>
    ({
      store,
      log: silentLog,
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
      keymanager: async ({ url, tokenPath, keys: held }: KeymanagerPlace) => {
        expect(tokenPath).toBe(join(folder, 'nodes', 'home', 'secrets', 'keymanager-token'));
        return createKeymanagerHttp({ http, url, token: new Secret(token), ...(held ? { keys: held } : {}) });
      },
      ...more,
    }) as unknown as NodeEnvironment;

  const setup = (more: Partial<ValidatorSetup> = {}, keyFiles?: KeyFiles): NodeSetup => {
    const definition = fakeClient('validator', 'gamma', {
      keymanager: { port: 'keymanager', token: 'ours', keys: 'local', settings, signsExits: true },
      ...(keyFiles === undefined ? {} : { keyFiles }),
    });
    const client = { definition, version: '1', args: [], env: {}, program: {} };
    const validator = {
      ...client,
      ports: { keymanager: Number(new URL(mayfly.url).port) },
      keySets: ['main'],
      ...more,
    };
    const chain = { ...client, ports: { rpc: 1, api: 2, engine: 3 } };
    return { name: 'home', network, execution: chain, consensus: chain, validator } as unknown as NodeSetup;
  };

  const startedWith = async (count: number, more: Partial<JournalState> = {}): Promise<JournalState> => {
    const handle = { runtime: 'fake', unit: 'home.validator', token: 'run-1' };
    const run = { client: 'gamma', fingerprint: 'f', folder: 'aa/gamma-1', identity: '10-aa', handle };
    await writeKeySet(join(folder, 'keys', 'main'), keys.slice(0, count));
    const inventory = await new FileNodeStore(rootPaths(folder), 'home').keys(['main']);
    await writeKeySet(join(folder, 'keys', 'main'), keys.slice(0, wanted));
    return { ...emptyJournal, runs: { validator: run }, keys: inventory, ...more };
  };
  const step = {
    kind: 'load-keys',
    lane: 'validator',
    keySets: ['main'],
    identity,
    fingerprint: 'now',
  } as const;
  const client = () => createKeymanagerHttp({ http, url: mayfly.url, token: new Secret(token) });
  const held = async () => (await client().keys()).map(({ key }) => key).sort();
  const both = [first?.pubkey, second?.pubkey].sort();

  it('are completed by those that came while it runs, once they were quiet', async () => {
    const journal = await startedWith(1);
    quiet = unknown('quiet for one epoch');
    expect(await loadKeys({ setup: setup(), env: env() }, { step, journal })).toEqual(quiet);
    quiet = known(false);
    expect((await loadKeys({ setup: setup(), env: env() }, { step, journal })).known).toBe(false);
    expect(await held()).toEqual([first?.pubkey]);
    expect(admitted).toBe(0);
    quiet = known(true);
    const loaded = await loadKeys({ setup: setup(), env: env() }, { step, journal });
    expect(loaded).toEqual(known({ folder: 'aa/gamma-1', token: 'run-1', fingerprint: 'now', settings: [] }));
    expect(await held()).toEqual(both);
    expect(new Set(asked)).toEqual(new Set([second?.pubkey]));
    expect(admitted).toBe(1);
  });

  it('are refused where a remote signer has some and the node names none, after the others were brought in', async () => {
    const journal = await startedWith(1);
    const remote = publicKeyOf(new Uint8Array(48).fill(5).fill(0x80, 0, 1));
    await writeFile(
      join(folder, 'keys', 'main', 'remote-keys.json'),
      remoteKeysText([remote, both[0] ?? remote]),
    );
    const told = setup({ keySettings: { main: { graffiti: 'of a set' } } });
    await expect(loadKeys({ setup: told, env: env() }, { step, journal })).rejects.toMatchObject({
      code: 'EPH-NODE-KEYS-WITH-SIGNER',
      facts: { node: 'home', client: 'gamma', count: 1, keys: [shortPublicKey(remote)], takesSigner: false },
    });
    expect(await held()).toEqual(both);
    expect(await client().setting(both[0] ?? '0x', 'graffiti')).toBe('of a set');
    expect(admitted).toBe(0);
  });

  it('are not brought in while signing is stopped', async () => {
    const journal = await startedWith(1);
    await store.writeSigningOrder({ order: 'halt', reason: 'seen twice', atMs: 1, slashedBefore: [] });
    expect((await loadKeys({ setup: setup(), env: env() }, { step, journal })).known).toBe(false);
    expect(await held()).toEqual([first?.pubkey]);
  });

  it('stay away when they were taken away over the API of a client that had them', async () => {
    const journal = await startedWith(2);
    expect((await loadKeys({ setup: setup(), env: env() }, { step, journal })).known).toBe(true);
    expect(await held()).toEqual([first?.pubkey]);
    expect(asked).toEqual([]);
  });

  it('all come over the API where a client has no place for them', async () => {
    const journal = await startedWith(2);
    expect((await loadKeys({ setup: setup({}, overApi), env: env() }, { step, journal })).known).toBe(true);
    expect(await held()).toEqual(both);
    // Once more, as after a kill before the record.
    expect((await loadKeys({ setup: setup({}, overApi), env: env() }, { step, journal })).known).toBe(true);
    expect(asked).toEqual([second?.pubkey]);
  });

  it('are refused with a code when the client has some that nobody guards, or takes some not', async () => {
    const journal = await startedWith(1);
    const stranger = await sealKey(keys[2] as (typeof keys)[0]);
    const password = new Secret(stranger.password);
    await client().importKeystores([{ key: stranger.pubkey, keystore: stranger.keystore, password }]);
    await expect(loadKeys({ setup: setup(), env: env() }, { step, journal })).rejects.toMatchObject({
      code: 'EPH-NODE-FOREIGN-KEYS',
    });
    await client().deleteKeystores([stranger.pubkey]);
    await writeFile(join(folder, 'keys', 'main', 'secrets', second?.pubkey ?? ''), 'not the password');
    const refused = await loadKeys({ setup: setup(), env: env() }, { step, journal }).catch(
      (thrown) => thrown,
    );
    expect(refused).toMatchObject({ code: 'EPH-NODE-KEYS-NOT-LOADED' });
    expect(refused.message).not.toContain('not the password');
    expect(admitted).toBe(0);
  });

  it('propose as the configuration says, and no more when it says nothing', async () => {
    const journal = await startedWith(1);
    wanted = 1;
    const feeRecipients = { main: `0x${'Ab'.repeat(20)}` };
    const keySettings = { main: { gasLimit: 36_000_000, graffiti: 'of a set' } };
    const more = setup({ feeRecipients, keySettings });
    const loaded = await loadKeys({ setup: more, env: env() }, { step, journal });
    expect(loaded).toMatchObject({ value: { settings: [...settings] } });
    const key = first?.pubkey ?? '0x';
    expect((await client().setting(key, 'feeRecipient'))?.toLowerCase()).toBe(
      feeRecipients.main.toLowerCase(),
    );
    expect(await client().setting(key, 'gasLimit')).toBe(36_000_000);
    expect(await client().setting(key, 'graffiti')).toBe('of a set');
    const later = { ...journal, ...(loaded.known ? { loaded: loaded.value } : {}) };
    const fewer = await loadKeys({ setup: setup(), env: env() }, { step, journal: later });
    expect(fewer).toMatchObject({ value: { settings: [] } });
    expect(await client().setting(key, 'graffiti')).toBe('of all');
  });

  it('are told no gas limit by a node without a builder whose client refuses it then, and all the rest', async () => {
    const journal = await startedWith(1);
    wanted = 1;
    const key = first?.pubkey ?? '0x';
    const before = await client().setting(key, 'gasLimit');
    const made = setup({ keySettings: { main: { gasLimit: 31_000_000, graffiti: 'of a set' } } });
    const { validator, consensus } = made;
    const keymanager = { ...validator?.definition.keymanager, gasLimitNeedsBuilder: true };
    const picky = {
      ...made,
      validator: { ...validator, definition: { ...validator?.definition, keymanager } },
    };
    const load = (to: object) => loadKeys({ setup: to as NodeSetup, env: env() }, { step, journal });
    expect(await load(picky)).toMatchObject({ value: { settings: ['graffiti'] } });
    expect(await client().setting(key, 'gasLimit')).toBe(before);
    expect(await client().setting(key, 'graffiti')).toBe('of a set');
    await load({ ...picky, consensus: { ...consensus, builderUrl: 'http://127.0.0.1:18550' } });
    expect(await client().setting(key, 'gasLimit')).toBe(31_000_000);
  });

  describe('that were told something over the API', () => {
    const key = first?.pubkey ?? '0x';
    const recipient = `0x${'22'.repeat(20)}`;
    const folderOf = (run: number) => join(folder, `client-${run}`);
    const journalOf = async (run: number) => {
      const journal = await startedWith(2);
      const validator = journal.runs.validator;
      if (validator === undefined) throw new Error('nothing runs');
      const handle = { ...validator.handle, token: `run-${run}` };
      return { ...journal, runs: { validator: { ...validator, handle } } } as JournalState;
    };
    /** Another client with a store of its own, as after a reset. */
    const restart = async (run: number, common?: { graffiti?: string }) => {
      await mayfly.close();
      await writeKeySet(join(folderOf(run), 'set'), keys.slice(0, 2));
      const network = identity.genesisValidatorsRoot;
      mayfly = await openMayflyKeymanager(folderOf(run), { token, network, ...(common ? { common } : {}) });
    };
    const load = async (run: number, more: Partial<ValidatorSetup> = {}) => {
      const journal = await journalOf(run);
      await loadKeys({ setup: setup(more), env: env() }, { step, journal });
      return journal;
    };
    const keep = async (run: number) => {
      const journal = await journalOf(run);
      await keepTold({ setup: setup(), env: env() }, journal, new AbortController().signal);
    };
    const told = async () =>
      [...(await store.told('main')).keys].filter(([, each]) => Object.keys(each).length > 0);
    const inClient = async () => ({
      feeRecipient: await client().setting(key, 'feeRecipient'),
      gasLimit: await client().setting(key, 'gasLimit'),
      graffiti: await client().setting(key, 'graffiti'),
    });
    const all = { feeRecipient: recipient, gasLimit: 36_000_000, graffiti: 'mine' };
    const tellAll = async () => {
      await client().set(key, 'feeRecipient', all.feeRecipient);
      await client().set(key, 'gasLimit', all.gasLimit);
      await client().set(key, 'graffiti', all.graffiti);
    };

    beforeEach(async () => {
      await restart(1);
      await load(1);
    });

    it('are told it again in the next client, and those that were told nothing are not', async () => {
      await tellAll();
      await keep(1);
      expect(await told()).toEqual([[key, all]]);
      await restart(2);
      await load(2);
      expect(await inClient()).toEqual(all);
      expect(await client().setting(second?.pubkey ?? '0x', 'graffiti')).toBe('of all');
      // And after the next one: nobody told it anything meanwhile.
      await keep(2);
      await restart(3);
      await load(3);
      expect(await inClient()).toEqual(all);
    });

    it('follow the configuration again once that is taken away, and in what it says', async () => {
      await tellAll();
      await keep(1);
      await client().set(key, 'graffiti', undefined);
      await keep(1);
      await restart(2);
      await load(2, { keySettings: { main: { gasLimit: 50_000_000 } } });
      expect(await inClient()).toEqual({ ...all, graffiti: 'of all', gasLimit: 50_000_000 });
    });

    it('are not taken at the word of a client that has another default', async () => {
      await restart(2, { graffiti: 'of a later version' });
      await keep(2);
      await load(2);
      await keep(2);
      expect(await told()).toEqual([]);
    });

    it('keep what a client remembers that was killed before it was asked', async () => {
      await client().set(second?.pubkey ?? '0x', 'graffiti', 'yours');
      await tellAll();
      await load(2);
      expect(await inClient()).toEqual(all);
      expect(new Map(await told())).toEqual(
        new Map<string, object>([
          [key, all],
          [second?.pubkey ?? '', { graffiti: 'yours' }],
        ]),
      );
    });

    it('are told it again by a load that was killed in the middle', async () => {
      await tellAll();
      await keep(1);
      await restart(2);
      const killed = Object.assign(Object.create(store) as FileNodeStore, {
        writeTold: () => Promise.reject(new Error('killed')),
      });
      const journal = await journalOf(2);
      await expect(
        loadKeys({ setup: setup(), env: env({ store: killed }) }, { step, journal }),
      ).rejects.toThrow('killed');
      await keep(2);
      await load(2);
      await keep(2);
      expect(await told()).toEqual([[key, all]]);
    });

    /** Takes each setting away that it is asked to, and tells; `died` is whether our process is killed right then. */
    const taking = (taken: string[], died = () => false) =>
      env({
        keymanager: async ({ url }) => {
          const api = createKeymanagerHttp({ http, url, token: new Secret(token) });
          const set: typeof api.set = async (of, name, value) => {
            await api.set(of, name, value);
            if (value !== undefined) return;
            taken.push(of);
            if (died()) throw new Error('killed');
          };
          return Object.assign(Object.create(api), { set });
        },
      });
    it('keep it at every moment of a restart where another key of the set was told nothing', async () => {
      const [own = '0x', bare] = both;
      await client().set(own, 'graffiti', 'mine');
      await keep(1);
      const taken: string[] = [];
      for (const expected of [[bare], []]) {
        taken.length = 0;
        const journal = await journalOf(2);
        await loadKeys({ setup: setup(), env: taking(taken) }, { step, journal });
        expect([...new Set(taken)]).toEqual(expected);
      }
      expect(await client().setting(own, 'graffiti')).toBe('mine');
    });

    it('have it again after a kill at the very moment in which a client that remembers was told nothing', async () => {
      await tellAll();
      await client().set(second?.pubkey ?? '0x', 'graffiti', 'yours');
      for (let kill = 1; kill <= 3; kill += 1) {
        let count = 0;
        const around = { setup: setup(), env: taking([], () => ++count === kill) };
        await expect(loadKeys(around, { step, journal: await journalOf(2) })).rejects.toThrow('killed');
      }
      await keep(2);
      await load(2);
      await keep(2);
      await restart(3);
      await load(3);
      expect(await inClient()).toEqual(all);
      expect(await client().setting(second?.pubkey ?? '0x', 'graffiti')).toBe('yours');
    });

    it('are left alone where the file cannot be read', async () => {
      await writeFile(join(folder, 'keys', 'main', 'told.json'), '{"version":"2"}');
      await expect(load(2)).rejects.toMatchObject({ code: 'EPH-STORE-TOLD-INVALID' });
      expect(await readFile(join(folder, 'keys', 'main', 'told.json'), 'utf8')).toBe('{"version":"2"}');
    });
  });

  it('are waited for while the client does not answer', async () => {
    const journal = await startedWith(1);
    await mayfly.close();
    expect((await loadKeys({ setup: setup(), env: env() }, { step, journal })).known).toBe(false);
    mayfly = await openMayflyKeymanager(folder, { token, network: identity.genesisValidatorsRoot });
  });
});
