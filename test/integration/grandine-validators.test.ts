import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KeySetOwner } from '../../src/core/keys/ownership.ts';
import { keysIn } from '../../src/core/node/journal-state.ts';
import { liveAndDie } from '../support/deadly-lives.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome, killIfThere, type RunningEphemery } from '../support/ephemery-home.ts';
import { testKeys, writeKeySet } from '../support/key-set.ts';
import { until } from '../support/mayfly-process.ts';
import { type OtherNetwork, startOtherNetwork } from '../support/other-network.ts';
import { lackOfPostgres, password, superuser, TestPostgres } from '../support/postgres.ts';
import { livingProcesses } from '../support/process-harness.ts';

const support = join(import.meta.dirname, '../support');

interface Note {
  readonly what: 'started' | 'stopped' | 'refused' | 'named' | 'forgot' | 'lost' | 'told';
  readonly pid: number;
  readonly keys?: readonly string[];
  readonly url?: string;
  readonly data?: string;
  readonly withValidators?: boolean;
  readonly key?: string;
  readonly name?: string;
  readonly value?: string;
}

interface Client {
  readonly layer: string;
  readonly client: string;
  readonly state: string;
  readonly inside?: string;
}

/** A real network, execution client and database; Grandine and the signer are stand-ins that sign nothing. */
describeIf(lackOfPostgres())('validators inside Grandine', () => {
  let postgres: TestPostgres;
  let network: OtherNetwork;
  let home: EphemeryHome;
  let up: RunningEphemery;
  let config: string;
  let log: string;
  let keys: readonly string[];
  beforeAll(async () => {
    [postgres, network, home] = await Promise.all([
      TestPostgres.start(),
      startOtherNetwork(),
      EphemeryHome.create(),
    ]);
    config = join(home.folder, 'ephemery.yaml');
    log = join(home.folder, 'grandine.log');
    await writeFile(log, '');
    await network.tell(home, { runtime: 'process' });
    await writeFile(
      config,
      configOf({ log, follow: `http://127.0.0.1:${network.producerPort}`, url: postgres.url }),
    );
    await writeFile(join(home.folder, 'database.txt'), `${superuser}\n${password}\n`, { mode: 0o600 });
    await placePrograms(home.folder);
    await writeKeySet(home.path('keys', 'main'), testKeys('in grandine', 2));
    keys = (await readdir(home.path('keys', 'main', 'keystores')))
      .map((name) => name.replace('.json', ''))
      .sort();
    up = home.start(['up', '--config', config]);
  }, 120_000);
  afterAll(async () => {
    await up?.stop('SIGINT');
    await Promise.all([home?.close(), network?.close(), postgres?.close()]);
  });

  const notes = async () =>
    (await readFile(log, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Note);
  const grandine = async () => (await notes()).findLast(({ what }) => what === 'started');
  const signer = async () =>
    JSON.parse(await readFile(home.path('nodes', 'home', 'signer', 'seen.json'), 'utf8')) as {
      readonly args: readonly string[];
      readonly pid: number;
    };
  /** The keys that the Grandine of now knows. */
  const named = async () => {
    const known = new Set<string>();
    for (const { what, keys: which = [] } of await notes()) {
      if (what === 'started' || what === 'lost') known.clear();
      if (what === 'named') for (const key of which) known.add(key);
      if (what === 'forgot') for (const key of which) known.delete(key);
    }
    return [...known].sort();
  };
  const lives = async (pid: number) => (await livingProcesses()).some((line) => line.pid === pid);
  const allNamed = async () => JSON.stringify(await named()) === JSON.stringify(keys);
  const clients = async () => {
    const { nodes } = (await home.ask('status')) as { nodes: readonly { clients: readonly Client[] }[] };
    return nodes[0]?.clients ?? [];
  };
  const validator = async () => (await clients()).find(({ layer }) => layer === 'validator');

  it('are told of the keys of the signer once that runs, and whose they are is on record', async () => {
    await until(allNamed, 120_000);
    const all = await notes();
    expect(all.filter(({ what }) => what === 'refused')).toEqual([]);
    const { args } = await signer();
    const port = args.find((arg) => arg.startsWith('--http-listen-port='))?.split('=')[1];
    expect(all.find(({ what }) => what === 'named')?.url).toBe(`http://127.0.0.1:${port}`);
    expect(await home.json('keys', 'main', 'owner.json')).toMatchObject({ node: 'home' });
    expect(await validator()).toMatchObject({ client: 'grandine', state: 'running', inside: 'consensus' });
    const used = (await home.ask('clients')) as { nodes: readonly Client[] };
    expect(used.nodes).toContainEqual(
      expect.objectContaining({
        layer: 'validator',
        client: 'grandine',
        inside: 'consensus',
      }),
    );
    await until(async () => (await notes()).some(({ what, name }) => what === 'told' && name === 'graffiti'));
    expect((await notes()).filter(({ what }) => what === 'told')).toContainEqual(
      expect.objectContaining({ key: keys[0], name: 'graffiti', value: 'of the set' }),
    );
  });

  it('have a token of their own that is in no log', async () => {
    const path = home.path('nodes', 'home', 'secrets', 'keymanager-token-hex');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const token = await readFile(path, 'utf8');
    const lines = await home.words('logs', 'home.consensus');
    expect(lines.stdout).not.toContain(token);
    const elsewhere = await home.run('logs', 'home.validator');
    expect([elsewhere.code, elsewhere.stderr]).toEqual([
      2,
      expect.stringContaining('EPH-CONTROL-LOGS-ELSEWHERE'),
    ]);
  });

  it('are stopped by the end of their signer, and Grandine runs on without their keys', async () => {
    const { pid } = await signer();
    const before = await grandine();
    await home.ask('validators', 'stop', 'home');
    expect(await lives(pid)).toBe(false);
    await until(async () => (await named()).length === 0);
    await until(async () => (await validator())?.state === 'off');
    expect((await grandine())?.pid).toBe(before?.pid);
    await home.ask('validators', 'start', 'home');
    await until(allNamed);
    expect((await signer()).pid).not.toBe(pid);
    expect((await grandine())?.pid).toBe(before?.pid);
  });

  it('are told of them again after an end of Grandine, while the signer runs on', async () => {
    const { pid } = await signer();
    const before = await grandine();
    killIfThere(before?.pid ?? 0);
    await until(async () => (await grandine())?.pid !== before?.pid && (await allNamed()));
    expect((await signer()).pid).toBe(pid);
  });

  it('are told of them again when Grandine lost them without an end', async () => {
    const { pid } = await signer();
    const before = await grandine();
    process.kill(before?.pid ?? 0, 'SIGUSR1');
    await until(async () => (await named()).length === 0);
    await until(allNamed, 120_000);
    expect([(await signer()).pid, (await grandine())?.pid]).toEqual([pid, before?.pid]);
  });

  it('end with Grandine where a key stays in it, which begins again without', async () => {
    const before = await grandine();
    process.kill(before?.pid ?? 0, 'SIGUSR2');
    await home.ask('validators', 'stop', 'home');
    await until(async () => (await grandine())?.pid !== before?.pid);
    expect(await lives(before?.pid ?? 0)).toBe(false);
    await home.ask('validators', 'start', 'home');
    await until(allNamed);
  });

  it('begin again with their signer when that ends', async () => {
    const { pid } = await signer();
    const before = await grandine();
    const count = (await notes()).length;
    killIfThere(pid);
    await until(async () => (await signer()).pid !== pid && (await allNamed()));
    // First without keys, then told of them again.
    await until(async () => (await notes()).slice(count).some(({ what }) => what === 'named'));
    const since = (await notes()).slice(count).map(({ what }) => what);
    expect(since.indexOf('forgot')).toBeLessThan(since.indexOf('named'));
    expect(since).toContain('forgot');
    expect((await grandine())?.pid).toBe(before?.pid);
  });

  it('are left as they are by the end of our process, and taken over by the next', async () => {
    const { pid } = await signer();
    const before = await grandine();
    await until(async () => (await validator())?.state === 'running');
    const count = (await notes()).filter(({ what }) => what !== 'told').length;
    killIfThere(up.pid);
    await up.ended;
    up = home.start(['up', '--config', config]);
    await until(async () => (await validator().catch(() => undefined))?.state === 'running');
    expect([(await signer()).pid, (await grandine())?.pid]).toEqual([pid, before?.pid]);
    expect((await notes()).filter(({ what }) => what !== 'told').slice(count)).toEqual([]);
  });

  it('go with Grandine to a new directory, told of their keys there', async () => {
    const before = await grandine();
    await home.ask('reset', 'home', '--force');
    await until(async () => (await grandine())?.data !== before?.data && (await allNamed()));
    await until(async () => (await validator())?.state === 'running');
    expect((await notes()).filter(({ what }) => what === 'refused')).toEqual([]);
  });

  it('have one signer, and an owner on record before it, whatever moment our process dies at', async () => {
    await home.ask('validators', 'stop', 'home');
    await until(async () => (await named()).length === 0);
    killIfThere(up.pid);
    await up.ended;
    await home.ask('validators', 'start', 'home');
    const signers = async () =>
      (await home.processes()).filter(({ command }) => command.includes('web3signer.mjs'));
    const { died } = await liveAndDie(home, {
      args: ['up', '--config', config],
      moments: ['lost', 'written'],
      look: async () => {
        const running = (await signers()).length;
        expect(running).toBeLessThanOrEqual(1);
        const owner = (await home.json('keys', 'main', 'owner.json')) as KeySetOwner;
        if (running > 0 || (await named()).length > 0) {
          expect(owner.node).toBe('home');
          expect(owner.signed).toBeDefined();
          expect(owner.signed?.endedAtMs).toBeUndefined();
        }
      },
      isEnd: async (state) => state.loaded?.token === keysIn(state) && (await allNamed()),
    });
    const records = ['unit.starting validator', 'signer.started', 'unit.started validator', 'keys.loaded'];
    for (const record of records) expect(died).toContain(`written ${record}`);
    expect((await signers()).length).toBe(1);
    up = home.start(['up', '--config', config]);
    await until(async () => (await validator().catch(() => undefined))?.state === 'running');
  });

  it('are ended in an emergency, and Grandine is not', async () => {
    const { pid } = await signer();
    const before = await grandine();
    await home.ask('validators', 'halt');
    expect(await lives(pid)).toBe(false);
    await until(async () => (await named()).length === 0);
    expect((await grandine())?.pid).toBe(before?.pid);
    expect(await lives(before?.pid ?? 0)).toBe(true);
  });

  it('leave Grandine nothing when nobody configures them any more, and come back when somebody does', async () => {
    await home.ask('validators', 'start', 'home');
    await until(allNamed);
    const { pid } = await signer();
    const before = await grandine();
    const whole = await readFile(config, 'utf8');
    await writeFile(config, whole.replace(/ {4}validator: .*(?=keySets: \{ main)/s, ''));
    await home.run('up', '--detach', '--config', config);
    await until(async () => (await grandine())?.withValidators === false);
    expect(await lives(pid)).toBe(false);
    expect((await grandine())?.pid).not.toBe(before?.pid);
    await writeFile(config, whole);
    await home.run('up', '--detach', '--config', config);
    await until(async () => (await grandine())?.withValidators === true && (await allNamed()));
  });

  it('go down with their node', async () => {
    const { pid } = await signer();
    const before = await grandine();
    await home.run('down');
    expect([await lives(pid), await lives(before?.pid ?? 0)]).toEqual([false, false]);
  });
});

const configOf = ({ log, follow, url }: Readonly<Record<'log' | 'follow' | 'url', string>>) => `version: 1
networks:
  simulated: { file: ./network.yaml }
nodes:
  home:
    network: simulated
    execution: { client: ethereumjs }
    consensus:
      client: grandine
      artifact: { kind: path, path: ./grandine }
      env: { FOLLOW: "${follow}", STAND_IN_LOG: "${log}" }
    validator: { client: grandine, keySets: [main], feeRecipient: "0x${'fe'.repeat(20)}" }
    signer:
      client: web3signer
      artifact: { kind: path, path: ./signer/bin/web3signer }
      database: { url: "${url}", credentialsFile: ./database.txt }
keySets: { main: { graffiti: of the set } }
`;

async function placePrograms(folder: string): Promise<void> {
  const migrations = join(folder, 'signer', 'migrations', 'postgresql');
  for (const path of [migrations, join(folder, 'signer', 'bin')]) await mkdir(path, { recursive: true });
  await writeFile(
    join(migrations, 'V00001__initial.sql'),
    'CREATE TABLE remembered (content TEXT NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp());',
  );
  const programs = [
    ['toy-web3signer.mjs', join(folder, 'signer', 'bin', 'web3signer')],
    ['grandine-stand-in.mjs', join(folder, 'grandine')],
  ] as const;
  for (const [from, to] of programs) {
    // Without an ending node would not take them for modules.
    await copyFile(join(support, from), `${to}.mjs`);
    await writeFile(to, `#!/bin/sh\nexec '${process.execPath}' '${to}.mjs' "$@"\n`);
    await chmod(to, 0o755);
  }
}
