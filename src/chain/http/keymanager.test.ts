import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SealedKey, sealKey, testKeys, writeKeySet } from '../../../test/support/key-set.ts';
import { type MayflyKeymanager, openMayflyKeymanager } from '../../../test/support/mayfly-keymanager.ts';
import { HttpClient } from '../../base/http.ts';
import { Secret } from '../../base/secret.ts';
import { createKeymanagerHttp } from './keymanager.ts';

const network = `0x${'aa'.repeat(32)}`;
const token = `0x${'5e'.repeat(32)}`;
const keys = testKeys('keymanager-client', 3);
const sealed = await Promise.all(keys.map(sealKey));
const [first, second, third] = sealed as [SealedKey, SealedKey, SealedKey];
const toImport = ({ pubkey, keystore, password }: SealedKey) => ({
  key: pubkey,
  keystore,
  password: new Secret(password),
});

const http = new HttpClient({ environment: {} });
const clientOf = (url: string, bearer: string | undefined = token) =>
  createKeymanagerHttp({ http, url, ...(bearer === undefined ? {} : { token: new Secret(bearer) }) });
const failure = async (work: Promise<unknown>) =>
  work.then(
    () => ({ code: 'none', message: '' }),
    (thrown: { code: string; message: string }) => ({ code: thrown.code, message: thrown.message }),
  );

describe('the client of the Keymanager API, at the server of Mayfly', () => {
  let folder: string;
  let mayfly: MayflyKeymanager;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keymanager-client-'));
    await writeKeySet(join(folder, 'set'), keys.slice(0, 1));
    mayfly = await openMayflyKeymanager(folder, { token, network });
  });
  afterEach(async () => {
    await mayfly.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('imports, lists and deletes keys, and what they signed comes with them', async () => {
    const client = clientOf(mayfly.url);
    const wrong = { ...toImport(third), password: new Secret('wrong password') };
    const outcomes = await client.importKeystores([toImport(second), toImport(first), wrong]);
    expect(outcomes.map(({ key, status }) => [key, status])).toEqual([
      [second.pubkey, 'imported'],
      [first.pubkey, 'duplicate'],
      [third.pubkey, 'error'],
    ]);
    expect(JSON.stringify(outcomes)).not.toContain('wrong password');
    const listed = await client.keys();
    expect(listed.map(({ key, held }) => [key, held]).sort()).toEqual(
      [first, second].map(({ pubkey }) => [pubkey, 'local']).sort(),
    );
    await mayfly.protection.claimBlock({ key: second.pubkey, slot: 9, root: `0x${'01'.repeat(32)}` });
    const gone = await client.deleteKeystores([second.pubkey, third.pubkey]);
    expect(gone.outcomes.map(({ status }) => status)).toEqual(['deleted', 'not_found']);
    expect(JSON.parse(gone.protection)).toMatchObject({
      metadata: { genesis_validators_root: network },
      data: [{ pubkey: second.pubkey, signed_blocks: [{ slot: '9' }] }],
    });
    // What came out goes back in with the key, and still forbids.
    await client.importKeystores([toImport(second)], gone.protection);
    const other = { key: second.pubkey, slot: 9, root: `0x${'02'.repeat(32)}` };
    expect(await mayfly.protection.claimBlock(other)).toBeDefined();
  });

  it('brings in more keys than fit one request, in their order', async () => {
    const many = await Promise.all(testKeys('many', 45).map(sealKey));
    const outcomes = await clientOf(mayfly.url).importKeystores(many.map(toImport));
    expect(outcomes.map(({ key }) => key)).toEqual(many.map(({ pubkey }) => pubkey));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['imported']));
  });

  it('sets what a proposal is made with, and takes it away again', async () => {
    const client = clientOf(mayfly.url);
    const recipient = `0x${'22'.repeat(20)}`;
    await client.set(first.pubkey, 'feeRecipient', recipient);
    await client.set(first.pubkey, 'gasLimit', 36_000_000);
    await client.set(first.pubkey, 'graffiti', 'mine');
    expect(await client.setting(first.pubkey, 'feeRecipient')).toBe(recipient);
    expect(await client.setting(first.pubkey, 'gasLimit')).toBe(36_000_000);
    expect(await client.setting(first.pubkey, 'graffiti')).toBe('mine');
    await client.set(first.pubkey, 'graffiti', undefined);
    expect(await client.setting(first.pubkey, 'graffiti')).toBe('of all');
    expect(await failure(client.set(first.pubkey, 'feeRecipient', `0x${'00'.repeat(20)}`))).toMatchObject({
      code: 'EPH-KEYMANAGER-REFUSED',
    });
    expect((await failure(client.setting(third.pubkey, 'graffiti'))).code).toBe('EPH-KEYMANAGER-NOT-FOUND');
  });

  it('has exits signed, and remote keys refused by a client that takes none', async () => {
    const client = clientOf(mayfly.url);
    expect((await client.signExit(first.pubkey, 5)).message).toEqual({ epoch: '5', validator_index: '3' });
    expect((await client.signExit(first.pubkey)).message.epoch).toBe('7');
    const [refused] = await client.importRemoteKeys([third.pubkey], 'http://127.0.0.1:9000');
    expect(refused).toMatchObject({ key: third.pubkey, status: 'error' });
    expect(await client.deleteRemoteKeys([third.pubkey])).toEqual([
      { key: third.pubkey, status: 'not_found' },
    ]);
  });

  it('says that the token is wrong, and never what it is', async () => {
    const guess = `0x${'99'.repeat(32)}`;
    const told = await failure(clientOf(mayfly.url, guess).keys());
    expect(told.code).toBe('EPH-KEYMANAGER-TOKEN-REFUSED');
    expect(told.message).not.toContain(guess);
    expect(await failure(createKeymanagerHttp({ http, url: mayfly.url }).keys())).toMatchObject({
      code: 'EPH-KEYMANAGER-TOKEN-REFUSED',
    });
  });
});

interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

describe('the client of the Keymanager API, at clients as they are', () => {
  let server: Server;
  let url: string;
  let reply: (path: string, method: string, body: string) => Reply;
  let seen: { authorization?: string | undefined; path: string }[];
  beforeEach(async () => {
    seen = [];
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const path = (request.url ?? '').replace('/eth/v1/', '');
      seen.push({ authorization: request.headers.authorization, path });
      const { status = 200, body } = reply(path, request.method ?? '', Buffer.concat(chunks).toString());
      if (status === 307) response.setHeader('location', '/eth/v1/elsewhere');
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  it('Lighthouse: a remote key is among the keystores too, and errors have a code and a trace', async () => {
    const entry = { validating_pubkey: first.pubkey, readonly: true };
    const own = { validating_pubkey: second.pubkey, derivation_path: 'm/12381/3600/0/0/0', readonly: null };
    reply = (path) =>
      path === 'keystores'
        ? { body: { data: [entry, own] } }
        : { body: { data: [{ pubkey: first.pubkey.slice(2).toUpperCase(), url: 'http://signer:9000' }] } };
    expect(await clientOf(url).keys()).toEqual([
      { key: second.pubkey, held: 'local', readonly: false },
      { key: first.pubkey, held: 'remote', readonly: false, url: 'http://signer:9000' },
    ]);
    reply = () => ({
      status: 500,
      body: { code: 500, message: 'UNHANDLED_ERROR: no lock\n on the file.', stacktraces: [] },
    });
    const told = await failure(clientOf(url).keys());
    expect(told.code).toBe('EPH-KEYMANAGER-REFUSED');
    expect(told.message).toContain('(status 500): UNHANDLED_ERROR: no lock on the file.');
  });

  it('Nimbus: the interchange comes as an object', async () => {
    const interchange = { metadata: { genesis_validators_root: network }, data: [] };
    reply = () => ({ body: { data: [{ status: 'deleted' }], slashing_protection: interchange } });
    const { protection } = await clientOf(url).deleteKeystores([first.pubkey]);
    expect(JSON.parse(protection)).toEqual(interchange);
  });

  it('Prysm: success is 200 with a body, gas limits are numbers, nothing set is an empty answer', async () => {
    reply = (_, method) => (method === 'GET' ? { body: { data: { gas_limit: 30_000_000 } } } : { body: {} });
    await clientOf(url).set(first.pubkey, 'graffiti', 'mine');
    expect(await clientOf(url).setting(first.pubkey, 'gasLimit')).toBe(30_000_000);
    expect(await clientOf(url).setting(first.pubkey, 'graffiti')).toBeUndefined();
    reply = () => ({ status: 400, body: { code: 400, message: 'No fee recipient set.' } });
    const prysm = createKeymanagerHttp({ http, url, nothingSet: ['No fee recipient set'] });
    expect(await prysm.setting(first.pubkey, 'feeRecipient')).toBeUndefined();
    reply = () => ({ status: 400, body: { code: 400, message: 'pubkey is not valid' } });
    expect(await failure(prysm.setting(first.pubkey, 'feeRecipient'))).toMatchObject({
      code: 'EPH-KEYMANAGER-REFUSED',
    });
  });

  it('Lighthouse: nothing set is an error of the server, and a graffiti comes as its 32 bytes', async () => {
    const lighthouse = createKeymanagerHttp({ http, url, nothingSet: ['no fee recipient set'] });
    reply = () => ({
      status: 500,
      body: { code: 500, message: 'INTERNAL_SERVER_ERROR: no fee recipient set' },
    });
    expect(await lighthouse.setting(first.pubkey, 'feeRecipient')).toBeUndefined();
    const graffiti = `0x${Buffer.from('für alle').toString('hex').padEnd(64, '0')}`;
    reply = () => ({ body: { data: { pubkey: first.pubkey, graffiti } } });
    expect(await lighthouse.setting(first.pubkey, 'graffiti')).toBe('für alle');
  });

  it('Prysm: a graffiti of its command line comes filled with zeros', async () => {
    reply = () => ({ body: { data: { pubkey: first.pubkey, graffiti: 'für alle'.padEnd(31, '\0') } } });
    expect(await clientOf(url).setting(first.pubkey, 'graffiti')).toBe('für alle');
  });

  it('Teku and Lodestar: success without a body, statuses in capitals', async () => {
    reply = (path) =>
      path === 'keystores' ? { body: { data: [{ status: 'IMPORTED' }] } } : { status: 202, body: '' };
    await clientOf(url).set(first.pubkey, 'feeRecipient', `0x${'22'.repeat(20)}`);
    expect(await clientOf(url).importKeystores([toImport(first)])).toEqual([
      { key: first.pubkey, status: 'imported' },
    ]);
  });

  it('Vero: remote keys alone, and a list of them that is not found is no empty one', async () => {
    const vero = createKeymanagerHttp({ http, url, keys: 'remote' });
    const entry = { pubkey: first.pubkey, url: 'http://127.0.0.1:9000', readonly: false };
    reply = (path) =>
      path === 'remotekeys' ? { body: { data: [entry] } } : { status: 404, body: { message: 'Not Found' } };
    expect(await vero.keys()).toEqual([
      { key: first.pubkey, held: 'remote', readonly: false, url: entry.url },
    ]);
    expect(await failure(clientOf(url).keys())).toMatchObject({ code: 'EPH-KEYMANAGER-NOT-FOUND' });
    reply = () => ({ status: 404, body: { message: 'Not Found' } });
    expect(await failure(vero.keys())).toMatchObject({ code: 'EPH-KEYMANAGER-NOT-FOUND' });
    reply = () => ({ body: { data: [{ status: 'duplicate', message: '' }] } });
    expect(await vero.importRemoteKeys([first.pubkey], entry.url)).toEqual([
      { key: first.pubkey, status: 'duplicate' },
    ]);
    const sizes: number[] = [];
    reply = (_path, _method, body) => {
      const { remote_keys: given } = JSON.parse(body) as { remote_keys: unknown[] };
      sizes.push(given.length);
      return { body: { data: given.map(() => ({ status: 'imported', message: '' })) } };
    };
    const many = Array.from({ length: 230 }, () => second.pubkey);
    expect(await vero.importRemoteKeys(many, entry.url)).toHaveLength(230);
    expect(sizes).toEqual([100, 100, 30]);
  });

  it('Web3Signer: no token, and no remote keys', async () => {
    reply = (path) =>
      path === 'keystores'
        ? { body: { data: [{ validating_pubkey: first.pubkey, derivation_path: null }] } }
        : { status: 404, body: 'Resource not found' };
    const client = createKeymanagerHttp({ http, url });
    expect(await client.keys()).toEqual([{ key: first.pubkey, held: 'local', readonly: false }]);
    expect(seen.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
    expect((await failure(client.setting(first.pubkey, 'graffiti'))).code).toBe('EPH-KEYMANAGER-NOT-FOUND');
  });

  it.each([
    ['fewer outcomes than keys', { data: [] }],
    ['a status of its own', { data: [{ status: 'maybe' }] }],
    ['no list', { data: {} }],
    ['a web page', '<html>'],
    ['keys that are none', { data: [{ status: 7 }] }],
  ])('refuses %s', async (_, body) => {
    reply = () => ({ body });
    expect((await failure(clientOf(url).importKeystores([toImport(first)]))).code).toBe(
      'EPH-KEYMANAGER-REPLY',
    );
  });

  it('follows no redirect with its token', async () => {
    reply = () => ({ status: 307, body: '' });
    expect((await failure(clientOf(url).keys())).code).toBe('EPH-HTTP-REDIRECT');
    expect((await failure(clientOf(url).importKeystores([toImport(first)]))).code).toBe(
      'EPH-KEYMANAGER-REFUSED',
    );
    expect(seen.map(({ path }) => path)).toEqual(['keystores', 'keystores']);
  });

  it('shows neither passwords nor the token, whatever a client answers', async () => {
    const bare = [first.password, token];
    reply = (_, method) =>
      method === 'POST'
        ? { body: { data: [{ status: 'error', message: `bad password "${first.password}" of ${token}` }] } }
        : { status: 400, body: `no: ${token} ${'x'.repeat(5000)}` };
    const [outcome] = await clientOf(url).importKeystores([toImport(first)]);
    const refused = await failure(clientOf(url).keys());
    expect(refused.message.length).toBeLessThan(400);
    for (const secret of bare) expect(JSON.stringify([outcome, refused])).not.toContain(secret);
    for (const { path } of seen) expect(path).not.toContain(token);
  });

  it('shows no password that a client quotes in the words of JSON', async () => {
    const password = 'a "planted" one';
    reply = () => ({ status: 500, body: `cannot read ${JSON.stringify({ passwords: [password] })}` });
    const key = { ...toImport(first), password: new Secret(password) };
    const refused = await failure(clientOf(url).importKeystores([key]));
    expect(refused.message).toContain('cannot read');
    expect(refused.message).not.toContain('planted');
  });
});
