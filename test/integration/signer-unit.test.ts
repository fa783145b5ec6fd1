import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome, killIfThere, type RunningEphemery } from '../support/ephemery-home.ts';
import { testKeys, writeKeySet } from '../support/key-set.ts';
import { until } from '../support/mayfly-process.ts';
import { lackOfPostgres, password, superuser, TestPostgres } from '../support/postgres.ts';

const support = join(import.meta.dirname, '../support');

interface SignerSeen {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly options: string;
  readonly pid: number;
}

/** Real clients, a real network that resets, a real database; signer and validator client are stand-ins that sign nothing. */
describeIf(lackOfPostgres())('a node with a signer of its own', () => {
  let postgres: TestPostgres;
  let home: EphemeryHome;
  let up: RunningEphemery;
  let config: string;
  beforeAll(async () => {
    postgres = await TestPostgres.start();
    home = await EphemeryHome.create();
    config = join(home.folder, 'ephemery.yaml');
    await writeFile(config, configOf(postgres.url));
    await writeFile(join(home.folder, 'database.txt'), `${superuser}\n${password}\n`, { mode: 0o600 });
    await placePrograms(home.folder);
    await writeKeySet(home.path('keys', 'main'), testKeys('signed', 2));
    up = home.start(['up', '--config', config]);
  });
  afterAll(async () => {
    await up?.stop('SIGINT');
    await home?.close();
    await postgres?.close();
  });

  const signer = async () =>
    JSON.parse(await readFile(home.path('nodes', 'home', 'signer', 'seen.json'), 'utf8')) as SignerSeen;
  /** What the validator client of the last protection store saw, by network. */
  const clients = async () => {
    const folder = home.path('nodes', 'home', 'protection');
    const found: { keys: string[]; pid: number }[] = [];
    for (const network of await readdir(folder).catch(() => [])) {
      const text = await readFile(join(folder, network, 'teku-1', 'seen.json'), 'utf8').catch(
        () => undefined,
      );
      if (text !== undefined) found.push(JSON.parse(text));
    }
    return found;
  };
  const schemas = async () =>
    (
      await postgres.query<{ name: string }>(
        "SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'eph%' ORDER BY 1",
      )
    ).map(({ name }) => name);
  const lives = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('has it up, on the schema of its network, before the validator client', async () => {
    await until(async () => (await clients()).length === 1, 120_000);
    const [schema] = await schemas();
    expect(schema).toMatch(/^eph_1_[0-9a-f]{8}$/);
    const { args, env, options } = await signer();
    expect(args.join(' ')).toContain(`/postgres?currentSchema=${schema}`);
    expect(JSON.parse(options)).toEqual({ 'eth2.slashing-protection-db-password': password });
    expect(JSON.stringify([args, env])).not.toContain(password);
    expect((await stat(home.path('nodes', 'home', 'secrets', 'signer-options.yaml'))).mode & 0o777).toBe(
      0o600,
    );
    const [client] = await clients();
    const sets = await readdir(home.path('keys', 'main', 'keystores'));
    expect(client?.keys.map((key) => `${key}.json`).sort()).toEqual(sets.sort());
    // The validator client itself has none.
    const [network] = await readdir(home.path('nodes', 'home', 'protection'));
    const own = home.path('nodes', 'home', 'protection', network ?? '', 'teku-1');
    expect(await readdir(join(own, 'keystores')).catch(() => [])).toEqual([]);
  });

  it('has it back when it ends, and the validator client runs on', async () => {
    const { pid } = await signer();
    const [client] = await clients();
    killIfThere(pid);
    await until(async () => {
      const now = await signer();
      return now.pid !== pid && lives(now.pid);
    });
    expect(lives(client?.pid ?? 0)).toBe(true);
  });

  it('has it on a new schema after a reset, and the old one stays', async () => {
    const [first] = await schemas();
    await until(async () => (await clients()).length === 2, 240_000);
    const both = await schemas();
    expect(both).toHaveLength(2);
    expect(both[0]).toBe(first);
    expect((await signer()).args.join(' ')).toContain(`currentSchema=${both[1]}`);
  });

  it('ends it with the validator client in an emergency', async () => {
    const { pid } = await signer();
    await home.ask('validators', 'halt');
    expect(lives(pid)).toBe(false);
    for (const client of await clients()) expect(lives(client.pid)).toBe(false);
  });
});

const configOf = (url: string) => `version: 1
networks:
  own: { devnet: { slot: 1s, period: 60s, validators: 64 } }
nodes:
  home:
    network: own
    execution: { client: ethereumjs }
    consensus: { client: mayfly }
    validator:
      client: teku
      artifact: { kind: path, path: ./teku }
      keySets: [main]
      feeRecipient: "0x${'fe'.repeat(20)}"
    signer:
      client: web3signer
      artifact: { kind: path, path: ./signer/bin/web3signer }
      database: { url: "${url}", credentialsFile: ./database.txt }
keySets: { main: {} }
`;

async function placePrograms(folder: string): Promise<void> {
  const migrations = join(folder, 'signer', 'migrations', 'postgresql');
  for (const path of [migrations, join(folder, 'signer', 'bin')]) await mkdir(path, { recursive: true });
  await writeFile(
    join(migrations, 'V00001__initial.sql'),
    'CREATE TABLE validators (id SERIAL PRIMARY KEY);',
  );
  const programs = [
    ['toy-web3signer.mjs', join(folder, 'signer', 'bin', 'web3signer')],
    ['toy-signed-client.mjs', join(folder, 'teku')],
  ] as const;
  for (const [from, to] of programs) {
    // Without an ending node would not take them for modules.
    await copyFile(join(support, from), `${to}.mjs`);
    await writeFile(to, `#!/bin/sh\nexec '${process.execPath}' '${to}.mjs' "$@"\n`);
    await chmod(to, 0o755);
  }
}
