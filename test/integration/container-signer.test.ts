import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { capabilitiesOf, noCapabilities } from '../support/capabilities.ts';
import type { ContainerEngine } from '../support/container-engine.ts';
import {
  buildClientsImage,
  buildSignerImage,
  clientArtifacts,
  lackOfSignerImage,
  signerArtifacts,
} from '../support/container-images.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome, type RunningEphemery } from '../support/ephemery-home.ts';
import { testKeys, writeKeySet } from '../support/key-set.ts';
import { until } from '../support/mayfly-process.ts';
import { missingEngine, startEngine } from '../support/start-engine.ts';

/** JSON is YAML too. */
const config = {
  version: 1,
  networks: { local: { devnet: { slot: '1s', period: '60s', validators: 64 } } },
  nodes: {
    home: {
      network: 'local',
      runtime: 'container',
      execution: { client: 'ethereumjs', artifact: clientArtifacts.ethereumjs },
      consensus: { client: 'mayfly', artifact: clientArtifacts.mayfly },
      validator: {
        client: 'teku',
        artifact: signerArtifacts.validator,
        keySets: ['main'],
        feeRecipient: `0x${'fe'.repeat(20)}`,
      },
      signer: {
        client: 'web3signer',
        artifact: signerArtifacts.signer,
        database: { artifact: signerArtifacts.database, limits: { memory: '1G' } },
      },
    },
  },
  keySets: { main: {} },
};

const migrations = `CREATE TABLE validators (id SERIAL PRIMARY KEY);
CREATE TABLE remembered (content TEXT NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp());`;

interface Seen {
  readonly Id: string;
  readonly Config: {
    readonly User: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly StopSignal: unknown;
  };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly State: { readonly Pid: number };
}

/** A real engine, real clients, a real PostgreSQL; signer and validator client are stand-ins that sign nothing. */
describeIf(missingEngine() ?? lackOfSignerImage())(
  'a signer in containers with a database of its own',
  () => {
    let engine: ContainerEngine;
    let digest: string;
    let home: EphemeryHome;
    let up: RunningEphemery;
    beforeAll(async () => {
      engine = await startEngine();
      await buildClientsImage(engine);
      const folder = await mkdtemp(join(tmpdir(), 'ephemery-migrations-'));
      await writeFile(join(folder, 'V00001__initial.sql'), migrations);
      digest = await buildSignerImage(engine, folder);
      await rm(folder, { recursive: true });
      home = await EphemeryHome.create();
      await writeFile(join(home.folder, 'ephemery.yaml'), JSON.stringify(config));
      await writeKeySet(home.path('keys', 'main'), testKeys('signed in containers', 2));
      up = home.start(['up'], { env: engine.environment });
    });
    afterAll(async () => {
      await up?.stop('SIGINT');
      await home?.close();
      await engine?.close();
    });

    const node = (...parts: string[]) => home.path('nodes', 'home', ...parts);
    const password = async () => (await readFile(node('secrets', 'database-password'), 'utf8')).trim();
    const query = async <Row>(sql: string): Promise<readonly Row[]> => {
      const { default: pg } = await import('pg');
      const ports = (await home.json('nodes', 'home', 'ports.json')) as Record<string, number>;
      const client = new pg.Client({
        host: node('signer-socket'),
        port: ports['database.sql'] ?? 0,
        database: 'postgres',
        user: 'signer',
        password: await password(),
      });
      client.on('error', () => undefined);
      await client.connect();
      try {
        return (await client.query(sql)).rows as Row[];
      } finally {
        await client.end();
      }
    };
    const schemas = async () =>
      (
        await query<{ name: string }>(
          "SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'eph%' ORDER BY 1",
        )
      ).map(({ name }) => name);
    const container = async (unit: string): Promise<Seen | undefined> => {
      const filter = `label=io.ephemery.unit=home.${unit}`;
      const ids = (await engine.run('ps', '--quiet', '--filter', filter)).split('\n').filter(Boolean);
      if (ids.length === 0) return undefined;
      return (JSON.parse(await engine.run('inspect', ...ids)) as Seen[])[0];
    };
    /** Networks on which the validator client was started. */
    const signedOn = async () => {
      const networks = await readdir(node('protection')).catch(() => []);
      const seen = networks.map((network) => stat(node('protection', network, 'teku-1', 'seen.json')));
      return (await Promise.allSettled(seen)).filter(({ status }) => status === 'fulfilled').length;
    };

    it('has them up before the validator client, with the migrations of the image', {
      timeout: 180_000,
    }, async () => {
      await until(async () => (await signedOn()) === 1, 150_000);
      const [schema] = await schemas();
      expect(schema).toMatch(/^eph_1_[0-9a-f]{8}$/);
      expect(await query(`SELECT count(*)::int AS n FROM ${schema}.validators`)).toEqual([{ n: 0 }]);
      const lock = await readFile(join(home.folder, 'ephemery.lock'), 'utf8');
      expect(lock).toContain('image:database/postgresql');
      expect(lock).toContain(`digest: ${digest}`);
    });

    it('keeps the database to the node: no port is published, no secret is shown, and it is not root', async () => {
      const database = await container('database');
      expect(database?.HostConfig).toMatchObject({ ReadonlyRootfs: true, PortBindings: {}, Memory: 2 ** 30 });
      if (database === undefined) throw new Error('the database does not run');
      expect(await capabilitiesOf(database)).toBe(noCapabilities);
      const user = Number(database?.Config.User.split(':')[0]);
      expect(user).toBeGreaterThan(0);
      expect((await stat(node('signer-database', 'cluster'))).uid).toBe(user);
      expect((await stat(node('secrets', 'database-password'))).mode & 0o777).toBe(0o600);
      for (const unit of ['database', 'signer', 'validator'])
        expect(JSON.stringify(await container(unit))).not.toContain(await password());
      await expect(query('SELECT 1')).resolves.toEqual([{ '?column?': 1 }]);
    });

    it('has what the database remembers in a backup', { timeout: 60_000 }, async () => {
      const [schema] = await schemas();
      const { genesisValidatorsRoot } = (await networkNow()) as { genesisValidatorsRoot: string };
      const remembered = {
        metadata: { interchange_format_version: '5', genesis_validators_root: genesisValidatorsRoot },
        data: [{ pubkey: `0x${'8'.repeat(96)}`, signed_blocks: [{ slot: '77' }], signed_attestations: [] }],
      };
      await query(`INSERT INTO ${schema}.remembered (content) VALUES ('${JSON.stringify(remembered)}')`);
      const secret = join(home.folder, 'passphrase.txt');
      await writeFile(secret, 'a long passphrase of a backup\n', { mode: 0o600 });
      await mkdir(join(home.folder, 'backups'));
      const args = ['keys', 'backup', '--folder', join(home.folder, 'backups'), '--passphrase-file', secret];
      const made = await home.start(args, { env: engine.environment }).ended;
      expect(made).toMatchObject({ code: 0, stderr: '' });
      const [kept = ''] = await readdir(node('signer-protection'));
      expect(kept).toBe(`${schema?.split('_')[2]}.json`);
      expect(await readFile(node('signer-protection', kept), 'utf8')).toContain('"77"');
    });
    const networkNow = async () => {
      const releases = home.path('releases');
      const [network = ''] = await readdir(releases);
      const [first = ''] = (await readdir(join(releases, network))).filter((name) => name.startsWith('1-'));
      return JSON.parse(await readFile(join(releases, network, first, 'release.json'), 'utf8')).bundle
        .identity;
    };

    it('has the database back when it ends, under the signer that runs', { timeout: 60_000 }, async () => {
      const before = { database: await container('database'), signer: await container('signer') };
      await engine.run('kill', '--signal', 'KILL', before.database?.Id ?? '');
      await until(async () => {
        const now = await container('database');
        return now !== undefined && now.Id !== before.database?.Id;
      });
      expect((await container('signer'))?.Id).toBe(before.signer?.Id);
      await until(async () => (await schemas().catch(() => [])).length === 1);
    });

    it('has a new schema after a reset, and the old one stays', { timeout: 180_000 }, async () => {
      const [first] = await schemas();
      await until(async () => (await signedOn()) === 2, 150_000);
      const both = await schemas();
      expect(both).toHaveLength(2);
      expect(both[0]).toBe(first);
    });

    it('goes down with the node, and in order', { timeout: 60_000 }, async () => {
      await up.stop('SIGINT');
      expect(await engine.run('ps', '--quiet')).toBe('');
      const log = await home.start(['logs', 'home.database', '--tail', '20'], { env: engine.environment })
        .ended;
      expect(log.stdout).toContain('database system is shut down');
    });
  },
);
