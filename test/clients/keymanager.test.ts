import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HttpClient } from '../../src/base/http.ts';
import { Secret } from '../../src/base/secret.ts';
import { createKeymanagerHttp } from '../../src/chain/http/keymanager.ts';
import type { Keymanager } from '../../src/chain/keymanager.ts';
import { prysmValidator } from '../../src/core/clients/validator/prysm.ts';
import type { PublicKey } from '../../src/core/keys/public-key.ts';
import type { RootReport } from '../../src/operations/control/reports.ts';
import type { NodeKeys } from '../../src/operations/validators/running-keys.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome, type RunningEphemery } from '../support/ephemery-home.ts';
import { sealKey, testKeys } from '../support/key-set.ts';
import { until } from '../support/mayfly-process.ts';
import { missingProgram, programOnPath } from '../support/missing-program.ts';

const recipient = `0x${'fe'.repeat(20)}`;
const other = `0x${'ab'.repeat(20)}`;
const configOf = (validator: string) => `version: 1
networks: { own: { devnet: { slot: 1s, period: 30m, validators: 64 } } }
nodes:
  home:
    network: own
    execution: { client: ethereumjs }
    consensus: { client: mayfly }
    validator:
      client: prysm
      artifact: { kind: path, path: ${programOnPath('validator')} }
      graffiti: of the node
${validator}
keySets:
  main: { feeRecipient: "${recipient}", gasLimit: 31000000, graffiti: of the set }
  remote: {}
`;

// Prysm's validator client, with a wallet of its own and then with a remote signer, as our nodes run it.
describeIf(missingProgram('validator'))('the Keymanager API of Prysm', () => {
  let home: EphemeryHome;
  let up: RunningEphemery;
  let config: string;
  let api: Keymanager;
  let signer: Server | undefined;
  let ours: readonly PublicKey[];

  const shown = async () => {
    const { nodes } = (await home.ask('validators', 'keys', '--config', config)) as { nodes: NodeKeys[] };
    return nodes[0]?.keys ?? [];
  };
  const port = async (name: string) =>
    ((await home.json('nodes', 'home', 'ports.json')) as Record<string, number>)[name];
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (thrown: { code: string }) => thrown.code,
    );

  beforeAll(async () => {
    home = await EphemeryHome.create();
    config = join(home.folder, 'ephemery.yaml');
    await writeFile(config, configOf('      keySets: [main]'));
    await writeFile(join(home.folder, 'password'), 'a password of twelve');
    await home.ask(
      ...['keys', 'new', '--set', 'main', '--config', config, '--kdf', 'pbkdf2'],
      ...['--count', '2', '--password-file', join(home.folder, 'password')],
      ...['--save-mnemonic', join(home.folder, 'words')],
    );
    up = home.start(['up', '--config', config]);
    await up.event('live network', ({ type }) => type === 'reset.live');
    await until(async () => {
      const keys = await shown();
      return keys.length === 2 && keys.every(({ graffiti }) => graffiti === 'of the set');
    }, 120_000);
    ours = (await shown()).map(({ key }) => key);
    const token = await readFile(home.path('nodes', 'home', 'secrets', 'keymanager-token'), 'utf8');
    api = createKeymanagerHttp({
      http: new HttpClient({ environment: {} }),
      url: `http://127.0.0.1:${await port('validator.keymanager')}`,
      token: new Secret(token.trim()),
      nothingSet: prysmValidator.keymanager?.nothingSet ?? [],
    });
  });
  afterAll(async () => {
    await up?.stop('SIGINT');
    signer?.close();
    await home?.close();
  });

  it('lists keys, takes them in with what they signed, and gives that back with those it deletes', async () => {
    const [first, second] = await Promise.all(testKeys('at prysm', 2).map(sealKey));
    if (first === undefined || second === undefined) throw new RangeError('two keys');
    const given = ({ pubkey, keystore, password }: typeof first, word = password) => ({
      key: pubkey,
      keystore,
      password: new Secret(word),
    });
    const genesis = await fetch(`http://127.0.0.1:${await port('consensus.api')}/eth/v1/beacon/genesis`);
    const { data } = (await genesis.json()) as { data: { genesis_validators_root: string } };
    const history = JSON.stringify({
      metadata: { interchange_format_version: '5', genesis_validators_root: data.genesis_validators_root },
      data: [
        {
          pubkey: first.pubkey,
          signed_blocks: [{ slot: '9', signing_root: `0x${'01'.repeat(32)}` }],
          signed_attestations: [{ source_epoch: '0', target_epoch: '3' }],
        },
      ],
    });
    const imported = await api.importKeystores([given(first), given(second, 'not the password')], history);
    expect(imported.map(({ status }) => status)).toEqual(['imported', 'error']);
    expect(JSON.stringify(imported)).not.toContain('not the password');
    const again = await api.importKeystores([given(first)], history);
    expect(again.map(({ status }) => status)).toEqual(['duplicate']);
    const listed = await api.keys();
    expect(listed.map(({ key }) => key).sort()).toEqual([...ours, first.pubkey].sort());
    expect(listed.every(({ held, readonly }) => held === 'local' && !readonly)).toBe(true);
    const gone = await api.deleteKeystores([first.pubkey, second.pubkey]);
    expect(gone.outcomes.map(({ status }) => status)).toEqual(['deleted', 'not_found']);
    expect(JSON.parse(gone.protection)).toMatchObject({
      metadata: { genesis_validators_root: data.genesis_validators_root },
      data: [{ pubkey: first.pubkey, signed_blocks: [{ slot: '9' }] }],
    });
    expect((await api.keys()).map(({ key }) => key).sort()).toEqual([...ours].sort());
    const [twice] = (await api.deleteKeystores([first.pubkey])).outcomes;
    expect(twice?.status).toBe('not_active');
  });

  it('sets what a proposal is made with, and takes it away', async () => {
    const [key = '0x', untouched = '0x'] = ours;
    for (const each of ours) {
      expect((await api.setting(each, 'feeRecipient'))?.toLowerCase()).toBe(recipient);
      expect(await api.setting(each, 'graffiti')).toBe('of the set');
    }
    await api.set(key, 'feeRecipient', other);
    await api.set(key, 'graffiti', 'mine');
    expect((await api.setting(key, 'feeRecipient'))?.toLowerCase()).toBe(other);
    expect(await api.setting(key, 'graffiti')).toBe('mine');
    expect((await api.setting(untouched, 'feeRecipient'))?.toLowerCase()).toBe(recipient);
    await api.set(key, 'feeRecipient', undefined);
    await api.set(key, 'graffiti', undefined);
    expect(await api.setting(key, 'feeRecipient')).toBeUndefined();
    expect(await api.setting(key, 'graffiti')).toBe('of the node');
    // Without a builder it has a gas limit, and takes none: no key is told the one of its set.
    const gasLimit = await api.setting(key, 'gasLimit');
    expect(gasLimit).not.toBe(31_000_000);
    expect(await failure(api.set(key, 'gasLimit', 32_000_000))).toBe('EPH-KEYMANAGER-REFUSED');
    expect(await api.setting(key, 'gasLimit')).toBe(gasLimit);
  });

  it('refuses with a code what it cannot do with a wallet of its own', async () => {
    const [key = '0x'] = ours;
    expect(await failure(api.importRemoteKeys([key], 'http://127.0.0.1:1'))).toBe('EPH-KEYMANAGER-REFUSED');
    expect(await failure(api.signExit(key))).toMatch(/^EPH-KEYMANAGER-(REFUSED|NOT-FOUND)$/);
  });

  it('names the keys of a remote signer, takes more of them, and lets them go', async () => {
    const [held, more] = await Promise.all(testKeys('with a signer', 2).map(sealKey));
    const keys = [held?.pubkey ?? '0x', more?.pubkey ?? '0x'] as const;
    signer = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(request.url === '/api/v1/eth2/publicKeys' ? JSON.stringify([keys[0]]) : '"OK"');
    });
    await new Promise<void>((resolve) => signer?.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(signer.address() as AddressInfo).port}`;
    await home.ask('keys', 'import', url, '--set', 'remote', '--no-backup', '--config', config);
    await writeFile(config, configOf(`      keySets: [main, remote]\n      signerUrl: ${url}`));
    await home.ask('up', '--config', config);
    await until(async () => (await shown()).some(({ key }) => key === keys[0]), 60_000);
    // Two keys lie in keystores alone, and somebody says so.
    await until(async () => {
      const { nodes } = (await home.ask('status', '--config', config)) as RootReport;
      return JSON.stringify(nodes[0]?.findings).includes('EPH-NODE-KEYS-WITHOUT-SIGNER');
    }, 60_000);
    expect(await api.keys()).toMatchObject([
      { key: keys[0], held: 'remote', url: expect.stringContaining(url) },
    ]);
    expect((await api.importRemoteKeys(keys, url)).map(({ status }) => status)).toEqual([
      'duplicate',
      'imported',
    ]);
    expect((await api.keys()).map(({ key }) => key).sort()).toEqual([...keys].sort());
    const gone = await api.deleteRemoteKeys([keys[1], ours[0] ?? '0x']);
    expect(gone.map(({ status }) => status)).toEqual(['deleted', 'not_found']);
    expect((await api.keys()).map(({ key }) => key)).toEqual([keys[0]]);
  });
});
