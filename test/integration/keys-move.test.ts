import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../../src/base/http.ts';
import { Secret } from '../../src/base/secret.ts';
import { createKeymanagerHttp } from '../../src/chain/http/keymanager.ts';
import type { KeySetOwner } from '../../src/core/keys/ownership.ts';
import type { NodeKeys } from '../../src/operations/validators/running-keys.ts';
import { EphemeryHome, type RunningEphemery } from '../support/ephemery-home.ts';
import { until } from '../support/mayfly-process.ts';

const preload = join(import.meta.dirname, '../support/die-at-change.mjs');
const node = (sets: string) => `
    network: own
    execution: { client: ethereumjs }
    consensus: { client: mayfly }
    validator: { client: mayfly, keySets: [${sets}] }
`;
const text = `version: 1
networks:
  own: { devnet: { slot: 1s, period: 20m, validators: 64 } }
nodes:
  home:${node('main')}
  second:${node('')}
keySets: { main: {} }
`;

/** Two nodes with validator clients under one supervisor; the keys are in no genesis, so that nobody waits for epochs. */
describe('keys that move between two nodes that run', () => {
  let home: EphemeryHome;
  let up: RunningEphemery;
  let config: string;
  beforeAll(async () => {
    home = await EphemeryHome.create();
    config = join(home.folder, 'ephemery.yaml');
    await writeFile(config, text);
    await writeFile(join(home.folder, 'password'), 'a password of twelve');
    await home.ask(
      ...['keys', 'new', '--set', 'main', '--count', '2', '--kdf', 'pbkdf2'],
      ...['--config', config, '--password-file', join(home.folder, 'password')],
      ...['--save-mnemonic', join(home.folder, 'words')],
    );
    up = home.start(['up', '--config', config]);
    await until(async () => (await holders().catch(() => [])).join() === 'home', 120_000);
  });
  afterAll(async () => {
    await up?.stop('SIGINT');
    await home?.close();
  });

  /** Nodes whose validator client has keys: what the clients themselves say. */
  const holding = async () => {
    const { nodes } = (await home.ask('validators', 'keys', '--config', config)) as { nodes: NodeKeys[] };
    return nodes.filter(({ keys }) => keys.length > 0);
  };
  const holders = async () => (await holding()).map((each) => each.node);
  const keymanagerOf = async (node: string) => {
    const ports = (await home.json('nodes', node, 'ports.json')) as Record<string, number>;
    const token = (await readFile(home.path('nodes', node, 'secrets', 'keymanager-token'), 'utf8')).trim();
    const url = `http://127.0.0.1:${ports['validator.keymanager']}`;
    return createKeymanagerHttp({
      http: new HttpClient({ environment: {} }),
      url,
      token: new Secret(token),
    });
  };
  const owner = async () => (await home.json('keys', 'main', 'owner.json')) as KeySetOwner;
  const configured = async () => (await readFile(config, 'utf8')).match(/\[ ?main ?\]/g)?.length;
  const move = (to: string) => ['validators', 'move', 'main', '--to', to, '--no-backup', '--config', config];
  const critical = () =>
    up.events.flatMap(({ type, finding }) => {
      const { code, severity } = (finding ?? {}) as { code?: string; severity?: string };
      return type === 'finding.raised' && severity === 'critical' ? [code] : [];
    });

  it('raise no alarm on the way: what they do is meant', async () => {
    const before = critical().length;
    const { stdout, stderr } = await home.words(...move('second'));
    expect(stdout).toBe('main moved from home to second.\n');
    // Each step in words, in the order in which they are done.
    expect(stderr).toMatch(
      /is written down[\s\S]*signs no more[\s\S]*has their slashing protection[\s\S]*gives them to the other node[\s\S]*signs once its guard is content/,
    );
    await until(async () => (await holders()).join() === 'second');
    expect(critical().slice(before)).toEqual([]);
  });

  it('take along what they were told over the API right before', async () => {
    const api = await keymanagerOf('second');
    const [key] = await api.keys();
    await api.set(key?.key ?? '0x', 'graffiti', 'told last');
    await home.ask(...move('home'));
    await until(async () =>
      (await holding()).some(
        ({ node: at, keys }) => at === 'home' && keys.some(({ graffiti }) => graffiti === 'told last'),
      ),
    );
    expect((await owner()).node).toBe('home');
  });

  it.each([
    ['what belongs to the key set', () => home.path('keys', 'main'), 5],
    ['the configuration', () => config, 1],
  ])(
    'have one owner when the move is killed in any change of %s, and arrive when it is given again',
    async (_, under, atLeast) => {
      let kills = 0;
      // A file is written beside and then renamed: the kill comes between the two.
      for (let change = 2; ; change += 2) {
        const from = (await owner()).node;
        const to = from === 'home' ? 'second' : 'home';
        const env = { DIE_AT_CHANGE: `${change}`, DIE_UNDER: under() };
        const { signal, code, stderr } = await home.start(move(to), { node: ['--import', preload], env })
          .ended;
        if (signal === null) {
          expect([code, stderr]).toEqual([0, expect.anything()]);
          break;
        }
        kills += 1;
        expect(await configured()).toBe(1);
        expect((await holders()).length).toBeLessThanOrEqual(1);
        const { node: named, movingTo } = await owner();
        expect([`${from} to ${movingTo}`, `${to} to ${movingTo}`]).toContain(`${named} to ${movingTo}`);
        expect(named === to ? movingTo : (movingTo ?? to)).toBe(named === to ? undefined : to);
        await home.ask(...move(to));
        expect((await owner()).node).toBe(to);
        expect((await owner()).movingTo).toBeUndefined();
      }
      expect(kills).toBeGreaterThanOrEqual(atLeast);
      const { node: last } = await owner();
      await until(async () => (await holders()).join() === last);
    },
  );
});
