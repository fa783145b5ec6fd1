import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { web3signer } from '../../src/core/clients/signer/web3signer.ts';
import { readMigrations } from '../../src/signer/migration-files.ts';
import { prepareSchema } from '../../src/signer/prepare-schema.ts';
import { readSignedMarks } from '../../src/signer/signed-marks.ts';
import { describeIf } from '../support/describe-if.ts';
import { until } from '../support/mayfly-process.ts';
import { lackOfPostgres, password, superuser, TestPostgres } from '../support/postgres.ts';

/** In the layout of Web3Signer's own, and as careless about where they run as they are. */
const files = {
  'V00001__initial.sql': 'CREATE TABLE validators (id SERIAL PRIMARY KEY, public_key BYTEA NOT NULL UNIQUE);',
  'V00002__metadata.sql': 'CREATE TABLE metadata (id INTEGER PRIMARY KEY); INSERT INTO metadata VALUES (1);',
  // Slow when a setting of the database says so.
  'V00003__blocks.sql': `CREATE TABLE signed_blocks (validator_id INTEGER REFERENCES validators(id), slot NUMERIC(20));
SELECT pg_sleep(coalesce(nullif(current_setting('test.pause', true), ''), '0')::float);`,
  'V10__more.sql': 'ALTER TABLE metadata ADD COLUMN high INTEGER; UPDATE metadata SET high = 7;',
};

describeIf(lackOfPostgres())('the database of a signer', () => {
  let postgres: TestPostgres;
  let folder: string;
  beforeAll(async () => {
    postgres = await TestPostgres.start();
  });
  afterAll(() => postgres?.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signer-migrations-'));
    await write(files);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (which: Readonly<Record<string, string>>) => {
    await mkdir(folder, { recursive: true });
    for (const [name, sql] of Object.entries(which)) await writeFile(join(folder, name), sql);
  };
  const prepare = async (schema: string, secret = password) =>
    prepareSchema({
      url: postgres.url,
      credentials: { username: superuser, password: new Secret(secret) },
      schema,
      migrations: await readMigrations(folder),
    });
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => ({ code: 'none', message: '' }),
      (thrown: { code: string; message: string }) => thrown,
    );
  const applied = async (schema: string) =>
    (
      await postgres.query<{ version: number }>(
        `SELECT version FROM ${schema}.ephemery_migrations ORDER BY 1`,
      )
    ).map(({ version }) => version);
  const tables = async (schema: string) =>
    (
      await postgres.query<{ name: string }>(
        `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${schema}' ORDER BY 1`,
      )
    ).map(({ name }) => name);

  it('has a schema for each network, and the old one stays as it is', async () => {
    expect(await prepare('eph_1_aaaaaaaa')).toEqual([1, 2, 3, 10]);
    await postgres.query("INSERT INTO eph_1_aaaaaaaa.validators (public_key) VALUES ('\\x01')");
    expect(await prepare('eph_2_bbbbbbbb')).toEqual([1, 2, 3, 10]);
    expect(await prepare('eph_2_bbbbbbbb')).toEqual([]);
    expect(await postgres.query('SELECT count(*)::int AS n FROM eph_1_aaaaaaaa.validators')).toEqual([
      { n: 1 },
    ]);
    expect(await postgres.query('SELECT count(*)::int AS n FROM eph_2_bbbbbbbb.validators')).toEqual([
      { n: 0 },
    ]);
    expect(await tables('eph_2_bbbbbbbb')).toEqual([
      'ephemery_migrations',
      'metadata',
      'signed_blocks',
      'validators',
    ]);
    expect(await tables('public')).toEqual([]);
  });

  it('goes on after the server was killed in the middle of a step, of which nothing is kept', async () => {
    await postgres.query(`ALTER ROLE ${superuser} SET test.pause = '60'`);
    const cut = failure(prepare('eph_3_cccccccc'));
    await until(async () => {
      const busy = await postgres.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
      return busy.length === 1;
    });
    await postgres.kill();
    expect((await cut).code).toBe('EPH-SIGNER-MIGRATION-FAILED');
    await postgres.open();
    expect(await applied('eph_3_cccccccc')).toEqual([1, 2]);
    expect(await tables('eph_3_cccccccc')).not.toContain('signed_blocks');
    await postgres.query(`ALTER ROLE ${superuser} RESET test.pause`);
    expect(await prepare('eph_3_cccccccc')).toEqual([3, 10]);
    expect(await postgres.query('SELECT high FROM eph_3_cccccccc.metadata')).toEqual([{ high: 7 }]);
  });

  it('tells of each key what it signed last', async () => {
    await write({
      'V11__attestations.sql':
        'CREATE TABLE signed_attestations (validator_id INTEGER, source_epoch NUMERIC(20), target_epoch NUMERIC(20));',
    });
    const schema = 'eph_9_abababab';
    await prepare(schema);
    const keys = [1, 2, 3].map((byte) => `0x8${byte}${'00'.repeat(47)}` as const);
    for (const key of keys)
      await postgres.query(`INSERT INTO ${schema}.validators (public_key) VALUES ('\\x${key.slice(2)}')`);
    await postgres.query(`INSERT INTO ${schema}.signed_blocks VALUES (1, 7), (1, 9), (1, 8), (2, 3)`);
    await postgres.query(`INSERT INTO ${schema}.signed_attestations VALUES (1, 0, 1), (1, 1, 2)`);
    const credentials = { username: superuser, password: new Secret(password) };
    const marks = (of: string) =>
      readSignedMarks({ url: postgres.url, credentials }, web3signer.signedRows?.(of) ?? '');
    expect(await marks(schema)).toEqual(
      new Map([
        [keys[0], { block: 9, attestation: 2 }],
        [keys[1], { block: 3 }],
        [keys[2], {}],
      ]),
    );
    // A network on which the signer never began has no schema.
    expect(await failure(marks('eph_9_cdcdcdcd'))).toMatchObject({ code: 'EPH-SIGNER-DATABASE' });
  });

  it('is prepared once when two want it at the same time', async () => {
    const both = await Promise.all([prepare('eph_4_dddddddd'), prepare('eph_4_dddddddd')]);
    expect(both.flat().sort((a, b) => a - b)).toEqual([1, 2, 3, 10]);
    expect(await applied('eph_4_dddddddd')).toEqual([1, 2, 3, 10]);
  });

  it('takes the steps that a newer program brings, and refuses what does not fit', async () => {
    await prepare('eph_5_eeeeeeee');
    await write({ 'V11__index.sql': 'CREATE INDEX ON signed_blocks (slot);' });
    expect(await prepare('eph_5_eeeeeeee')).toEqual([11]);
    await rm(join(folder, 'V11__index.sql'));
    expect(await failure(prepare('eph_5_eeeeeeee'))).toMatchObject({ code: 'EPH-SIGNER-MIGRATION-CHANGED' });
    await write({ 'V11__index.sql': 'DROP TABLE signed_blocks;' });
    const changed = await failure(prepare('eph_5_eeeeeeee'));
    expect(changed).toMatchObject({ code: 'EPH-SIGNER-MIGRATION-CHANGED' });
    expect(changed.message).toContain('another one than was applied');
    expect(await tables('eph_5_eeeeeeee')).toContain('signed_blocks');
    await write({
      'V4__between.sql': 'SELECT 1;',
      'V11__index.sql': 'CREATE INDEX ON signed_blocks (slot);',
    });
    expect((await failure(prepare('eph_5_eeeeeeee'))).message).toContain(
      'it was not applied, and 10 after it was',
    );
  });

  it('keeps nothing of a step that fails', async () => {
    await write({ 'V00003__blocks.sql': 'CREATE TABLE half (id INTEGER); SELECT * FROM nowhere;' });
    const failed = await failure(prepare('eph_6_ffffffff'));
    expect(failed).toMatchObject({ code: 'EPH-SIGNER-MIGRATION-FAILED' });
    expect(failed.message).toContain('nowhere');
    expect(await tables('eph_6_ffffffff')).toEqual(['ephemery_migrations', 'metadata', 'validators']);
    await write(files);
    expect(await prepare('eph_6_ffffffff')).toEqual([3, 10]);
  });

  it('is not made where somebody else made one, by a wrong password, or where nobody listens', async () => {
    await postgres.query('CREATE SCHEMA eph_7_aaaaaaaa');
    expect(await failure(prepare('eph_7_aaaaaaaa'))).toMatchObject({ code: 'EPH-SIGNER-SCHEMA-FOREIGN' });
    const refused = await failure(prepare('eph_8_aaaaaaaa', 'not this one'));
    expect(refused).toMatchObject({ code: 'EPH-SIGNER-DATABASE' });
    expect(JSON.stringify(refused)).not.toContain('not this one');
    await postgres.kill();
    expect(await failure(prepare('eph_8_aaaaaaaa'))).toMatchObject({ code: 'EPH-SIGNER-DATABASE' });
    await postgres.open();
  });
});
