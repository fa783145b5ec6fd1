import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SealedKey, sealKey, testKeys, writeKeySet } from '../../../test/support/key-set.ts';
import { seededRandom } from '../../base/random.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { KeyChest } from '../keys/key-chest.ts';
import { keySetSource } from '../keys/key-source.ts';
import { Protection } from '../protection/protection.ts';
import { SettingsBook } from '../settings.ts';
import type { Keymanager } from './keymanager.ts';
import { type KeymanagerServer, startKeymanagerServer } from './keymanager-server.ts';
import { readToken } from './token.ts';

const network = `0x${'aa'.repeat(32)}`;
const keys = testKeys('keymanager', 3);
const sealed = await Promise.all(keys.map(sealKey));
const [first, second, third] = sealed as [SealedKey, SealedKey, SealedKey];

describe('the Keymanager API', () => {
  let folder: string;
  let server: KeymanagerServer;
  let protection: Protection;
  let keymanager: Keymanager;
  let token: string;
  let changes: string[];

  const openServer = async () => {
    protection = await Protection.open(folder, network);
    const common = { feeRecipient: `0x${'11'.repeat(20)}`, graffiti: 'of all' };
    changes = [];
    keymanager = {
      keys: await KeyChest.open(folder, [keySetSource(join(folder, 'set'))]),
      protection,
      settings: await SettingsBook.open(join(folder, 'settings.json'), () => common),
      keysChanged: () => void changes.push('keys'),
      recipientsChanged: () => void changes.push('recipients'),
      signExit: async (_, epoch) => ({
        message: { epoch: `${epoch ?? 7}`, validator_index: '3' },
        signature: '0x00',
      }),
    };
    const secret = await readToken(join(folder, 'api-token.txt'), seededRandom('token'));
    token = secret.reveal();
    server = await startKeymanagerServer({ keymanager, token: secret, address: '127.0.0.1', port: 0 });
  };
  const closeServer = async () => {
    await server.close();
    await protection.close();
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keymanager-'));
    await writeKeySet(join(folder, 'set'), keys.slice(0, 1));
    await openServer();
  });
  afterEach(async () => {
    await closeServer();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = (method: string, path: string, body?: unknown) => askAs(token, { method, path, body });
  const askAs = async (bearer: string, call: { method: string; path: string; body?: unknown }) => {
    const { method, path, body } = call;
    const response = await fetch(`${server.url}/eth/v1/${path}`, {
      method,
      headers: {
        ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as object) };
  };
  const listed = async () => {
    const { body } = await ask('GET', 'keystores');
    return (body as { data: { validating_pubkey: string }[] }).data.map((entry) => entry.validating_pubkey);
  };
  const importing = (which: SealedKey[], more = {}) => ({
    keystores: which.map(({ keystore }) => keystore),
    passwords: which.map(({ password }) => password),
    ...more,
  });

  it('is for whoever has the token, which lies 0600', async () => {
    expect((await askAs('', { method: 'GET', path: 'keystores' })).status).toBe(401);
    expect((await askAs('guess', { method: 'GET', path: 'keystores' })).status).toBe(403);
    expect((await ask('GET', 'nothing')).status).toBe(404);
    expect((await stat(join(folder, 'api-token.txt'))).mode & 0o777).toBe(0o600);
    expect(token).toHaveLength(64);
  });

  it('lists the keys of its sets and imports others, which are there after a restart', async () => {
    expect(await listed()).toEqual([first.pubkey]);
    const wrong = { ...second, password: 'wrong' };
    const { body } = await ask('POST', 'keystores', importing([second, first, wrong, third]));
    const { data } = body as { data: { status: string; message?: string }[] };
    expect(data.map(({ status }) => status)).toEqual(['imported', 'duplicate', 'error', 'imported']);
    expect(JSON.stringify(data)).not.toContain('wrong');
    expect(changes).toEqual(['keys']);
    await closeServer();
    await openServer();
    expect((await listed()).sort()).toEqual(sealed.map(({ pubkey }) => pubkey).sort());
    const secrets = join(folder, 'imported', 'secrets');
    for (const name of await readdir(secrets)) {
      expect((await stat(join(secrets, name))).mode & 0o777).toBe(0o600);
    }
  });

  it('keeps nothing of a key that its set has by now, so that it goes when it leaves the set', async () => {
    await writeKeySet(join(folder, 'set'), keys.slice(1, 2));
    await ask('POST', 'keystores', importing([second, third]));
    expect(await listed()).toHaveLength(3);
    expect(await readdir(join(folder, 'imported', 'keystores'))).toEqual([`${third.pubkey}.json`]);
    expect(await readdir(join(folder, 'imported', 'secrets'))).toEqual([third.pubkey]);
    await closeServer();
    await openServer();
    expect(await listed()).toHaveLength(3);
    await closeServer();
    // As after a move: the set is another node's.
    for (const part of ['keystores', 'secrets'])
      for (const name of await readdir(join(folder, 'set', part))) await rm(join(folder, 'set', part, name));
    await openServer();
    expect(await listed()).toEqual([third.pubkey]);
  });

  it('deletes a key for good, with its history, and leaves the key set as it is', async () => {
    const key: PublicKey = first.pubkey;
    await protection.claimBlock({ key, slot: 9, root: `0x${'01'.repeat(32)}` });
    const { body } = await ask('DELETE', 'keystores', { pubkeys: [first.pubkey, third.pubkey, '0x12'] });
    const answer = body as { data: { status: string }[]; slashing_protection: string };
    expect(answer.data.map(({ status }) => status)).toEqual(['deleted', 'not_found', 'error']);
    expect(JSON.parse(answer.slashing_protection)).toMatchObject({
      metadata: { genesis_validators_root: network },
      data: [{ pubkey: first.pubkey, signed_blocks: [{ slot: '9' }] }],
    });
    expect(await listed()).toEqual([]);
    expect(await readdir(join(folder, 'set', 'keystores'))).toEqual([`${first.pubkey}.json`]);
    await closeServer();
    await openServer();
    expect(await listed()).toEqual([]);
    const again = await ask('DELETE', 'keystores', { pubkeys: [first.pubkey] });
    expect(again.body).toMatchObject({ data: [{ status: 'not_active' }] });
    await ask('POST', 'keystores', importing([first]));
    expect(await listed()).toEqual([first.pubkey]);
  });

  it('takes the history that comes with keys, and no keys when it is of another network', async () => {
    const history = (gvr: string) =>
      JSON.stringify({
        metadata: { interchange_format_version: '5', genesis_validators_root: gvr },
        data: [{ pubkey: second.pubkey, signed_blocks: [{ slot: '40' }], signed_attestations: [] }],
      });
    const foreign = importing([second], { slashing_protection: history(`0x${'bb'.repeat(32)}`) });
    expect((await ask('POST', 'keystores', foreign)).status).toBe(400);
    expect(await listed()).toEqual([first.pubkey]);
    await ask('POST', 'keystores', importing([second], { slashing_protection: history(network) }));
    const root = `0x${'01'.repeat(32)}`;
    expect(await protection.claimBlock({ key: second.pubkey, slot: 40, root })).toBeDefined();
  });

  it.each([
    ['feerecipient', 'ethaddress', `0x${'22'.repeat(20)}`, `0x${'11'.repeat(20)}`],
    ['gas_limit', 'gas_limit', '36000000', '60000000'],
    ['graffiti', 'graffiti', 'mine', 'of all'],
  ])('keeps the %s of a key until it is taken away', async (path, field, value, common) => {
    const url = `validator/${first.pubkey}/${path}`;
    const shown = async () => (await ask('GET', url)).body as unknown as { data: Record<string, string> };
    expect((await shown()).data).toEqual({ pubkey: first.pubkey, [field]: common });
    expect((await ask('POST', url, { [field]: value })).status).toBe(202);
    await closeServer();
    await openServer();
    expect((await shown()).data[field]).toBe(value);
    expect((await ask('DELETE', url)).status).toBe(204);
    expect((await shown()).data[field]).toBe(common);
    expect((await ask('GET', `validator/${third.pubkey}/${path}`)).status).toBe(404);
    expect((await ask('GET', `validator/0x12/${path}`)).status).toBe(400);
  });

  it('refuses settings that are none', async () => {
    const post = async (path: string, body: object) =>
      (await ask('POST', `validator/${first.pubkey}/${path}`, body)).status;
    expect(await post('feerecipient', { ethaddress: `0x${'00'.repeat(20)}` })).toBe(400);
    expect(await post('feerecipient', {})).toBe(400);
    expect(await post('gas_limit', { gas_limit: 'much' })).toBe(400);
    expect(await post('graffiti', { graffiti: 'ä'.repeat(17) })).toBe(400);
  });

  it('has no remote keys, and signs exits', async () => {
    expect((await ask('GET', 'remotekeys')).body).toEqual({ data: [] });
    const exit = `validator/${first.pubkey}/voluntary_exit`;
    expect((await ask('POST', `${exit}?epoch=5`)).body).toMatchObject({ data: { message: { epoch: '5' } } });
    expect((await ask('POST', `${exit}?epoch=x`)).status).toBe(400);
  });

  it('never shows a password or a secret key', async () => {
    const refused = await ask('POST', 'keystores', { keystores: [{}], passwords: ['hunter2'] });
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).not.toContain('hunter2');
    expect(JSON.stringify(keymanager.keys.all())).toBe(JSON.stringify([first.pubkey]));
    expect(await readFile(join(folder, 'deleted-keys.txt'), 'utf8').catch(() => '')).toBe('');
  });
});
