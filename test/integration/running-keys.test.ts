import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../../src/base/http.ts';
import { Secret } from '../../src/base/secret.ts';
import { createKeymanagerHttp } from '../../src/chain/http/keymanager.ts';
import type { NodeReport, RootReport } from '../../src/operations/control/reports.ts';
import type { NodeKeys } from '../../src/operations/validators/running-keys.ts';
import { EphemeryHome, type RunningEphemery } from '../support/ephemery-home.ts';
import { sealKey, testKeys } from '../support/key-set.ts';
import { until } from '../support/mayfly-process.ts';

const recipient = `0x${'fe'.repeat(20)}`;
const configOf = (set: string) => `version: 1
networks:
  own: { devnet: { slot: 1s, period: 10m, validators: 64 } }
nodes:
  home:
    network: own
    execution: { client: ethereumjs }
    consensus: { client: mayfly }
    validator: { client: mayfly, keySets: [main] }
keySets:
  main: ${set}
`;

/** A node with a validator client, as a person has it; keys that are not in the genesis may begin at once. */
describe('the keys of a validator client that runs', () => {
  let home: EphemeryHome;
  let up: RunningEphemery;
  let config: string;
  beforeAll(async () => {
    home = await EphemeryHome.create();
    config = join(home.folder, 'ephemery.yaml');
    await writeFile(config, configOf(`{ feeRecipient: "${recipient}", graffiti: of a set }`));
    await writeFile(join(home.folder, 'password'), 'a password of twelve');
    await newKeys(1);
    up = home.start(['up', '--config', config]);
    await up.event('live network', ({ type }) => type === 'reset.live');
  });
  afterAll(async () => {
    await up?.stop('SIGINT');
    await home?.close();
  });

  const newKeys = (count: number) =>
    home.ask(
      ...['keys', 'new', '--set', 'main', '--count', `${count}`, '--config', config],
      ...[
        '--password-file',
        join(home.folder, 'password'),
        '--save-mnemonic',
        join(home.folder, `words-${count}`),
      ],
    );
  const shown = async () => {
    const { nodes } = (await home.ask('validators', 'keys', '--config', config)) as { nodes: NodeKeys[] };
    return nodes[0] as NodeKeys;
  };
  const running = async () =>
    (await home.processes()).filter(({ command }) => command.includes('mayfly-validator'));
  const client = async () => (await running()).map(({ pid }) => pid);

  it('are those of its sets, and propose as the configuration says', async () => {
    let seen: NodeKeys | undefined;
    await until(async () => {
      seen = await shown();
      return seen.keys[0]?.graffiti === 'of a set';
    });
    expect(seen).toMatchObject({ node: 'home', client: 'Mayfly', missing: [] });
    expect(seen?.keys).toMatchObject([
      { held: 'local', keySet: 'main', feeRecipient: recipient, graffiti: 'of a set' },
    ]);
  });

  it('are joined by those that come later, without a restart', async () => {
    const before = await client();
    expect(before).toHaveLength(1);
    await newKeys(2);
    let seen: NodeKeys | undefined;
    await until(async () => {
      seen = await shown();
      return seen.keys.length === 3 && seen.keys.every(({ graffiti }) => graffiti === 'of a set');
    });
    expect(seen?.keys.map(({ keySet }) => keySet)).toEqual(['main', 'main', 'main']);
    expect(await client()).toEqual(before);
  });

  it('stand in the status: not in this genesis nor its state, and of the next nobody knows', async () => {
    let node: NodeReport | undefined;
    await until(async () => {
      const report = (await home.ask('status', '--config', config)) as RootReport;
      node = report.nodes.find(({ name }) => name === 'home');
      return node?.keys?.list.every(({ state }) => state !== 'unknown') === true;
    });
    expect(node?.keys?.iteration).toBe(node?.running);
    expect(node?.keys?.list).toHaveLength(3);
    for (const key of node?.keys?.list ?? [])
      expect(key).toMatchObject({
        keySet: 'main',
        state: 'absent',
        thisGenesis: { included: false },
        nextGenesis: { included: 'unknown' },
      });
    expect(node?.keys?.notes).toEqual([expect.stringContaining('is not held')]);
  });

  it('have after a stop by hand, in a new store, what one was told right before it; what is of no set is put aside', async () => {
    const ports = JSON.parse(await readFile(home.path('nodes', 'home', 'ports.json'), 'utf8'));
    const url = `http://127.0.0.1:${ports['validator.keymanager']}`;
    const token = (await readFile(home.path('nodes', 'home', 'secrets', 'keymanager-token'), 'utf8')).trim();
    const { key = '0x' } = (await shown()).keys[0] ?? {};
    const http = new HttpClient({ environment: {} });
    const api = createKeymanagerHttp({ http, url, token: new Secret(token) });
    await api.set(key, 'gasLimit', 31_000_000);
    const [stranger] = await Promise.all(testKeys('of no set', 1).map(sealKey));
    if (stranger === undefined) throw new RangeError('one key');
    const { pubkey, keystore, password } = stranger;
    await api.importKeystores([{ key: pubkey, keystore, password: new Secret(password) }]);
    expect((await shown()).keys).toHaveLength(4);
    await home.ask('validators', 'stop', 'home', '--reason', 'a test', '--config', config);
    await until(async () => (await client()).length === 0);
    // What the client wrote down itself stays behind in its old store.
    const out = join(home.folder, 'protection.json');
    await home.ask('keys', 'protect', 'export', 'home', out, '--config', config);
    await home.ask('keys', 'protect', 'import', 'home', out, '--no-backup', '--config', config);
    await home.ask('validators', 'start', 'home', '--config', config);
    await until(async () =>
      (await running()).some(({ command }) => /mayfly-3 .*--beacon-url=/.test(command)),
    );
    let seen: NodeKeys | undefined;
    await until(async () => {
      seen = await shown();
      return seen.keys.some(({ gasLimit }) => gasLimit === 31_000_000);
    });
    expect(seen?.keys.filter(({ gasLimit }) => gasLimit === 31_000_000).map((each) => each.key)).toEqual([
      key,
    ]);
    expect(seen?.keys.map(({ keySet }) => keySet)).toEqual(['main', 'main', 'main']);
    const aside = await readdir(home.path('nodes', 'home', 'found-keys'), { recursive: true });
    expect(aside.filter((path) => path.includes(pubkey))).toHaveLength(2);
  });
});
