import type { ClientBase } from 'pg';
import { messageOf } from '../base/errors.ts';
import { ask, connect, type DatabaseAccess } from './connect.ts';
import { signerErrors } from './errors.ts';
import type { Migration } from './migration-files.ts';

export interface SchemaRequest extends DatabaseAccess {
  readonly schema: string;
  readonly migrations: readonly Migration[];
  readonly signal?: AbortSignal;
}

interface AppliedMigration {
  readonly version: number;
  readonly sha256: string;
}

const schemaForm = /^eph_[0-9]{1,10}_[0-9a-f]{8}$/;
const ownTable = 'ephemery_migrations';
const lockTimeoutMs = 10_000;

/**
 * Makes a signer's schema and brings its tables to where the migrations end: each step in one transaction with the
 * record of it, so that after a kill it goes on where it was. Two at once wait for each other. Gives the versions
 * that were applied now. Throws EPH-SIGNER-DATABASE, -SCHEMA-FOREIGN, -MIGRATION-CHANGED and -MIGRATION-FAILED.
 */
export async function prepareSchema(request: SchemaRequest): Promise<readonly number[]> {
  const { schema, migrations } = request;
  if (!schemaForm.test(schema)) throw new RangeError(`${schema} is no name of a schema of ours`);
  const client = await connect(request);
  try {
    await ask(request, client.query(`SET lock_timeout TO '${lockTimeoutMs}ms'`));
    // Held by the session: it goes with us when we are killed.
    await ask(request, client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [schema]));
    await openSchema(client, request);
    const applied = await ask(
      request,
      client.query<AppliedMigration>(`SELECT version, sha256 FROM ${schema}.${ownTable} ORDER BY version`),
    );
    const due = dueMigrations(schema, migrations, applied.rows);
    for (const migration of due) {
      request.signal?.throwIfAborted();
      await apply(client, schema, migration);
    }
    return due.map(({ version }) => version);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Schema and record come into being together: one without the other is not ours. */
async function openSchema(client: ClientBase, request: SchemaRequest): Promise<void> {
  const { schema } = request;
  const found = await ask(
    request,
    client.query<{ table: string | null }>(
      `SELECT to_regclass(n.nspname || '.${ownTable}')::text AS table FROM pg_namespace n WHERE n.nspname = $1`,
      [schema],
    ),
  );
  const [there] = found.rows;
  if (there !== undefined) {
    if (there.table === null) throw signerErrors.create('EPH-SIGNER-SCHEMA-FOREIGN', { schema });
    return;
  }
  await ask(
    request,
    client.query(`BEGIN;
      CREATE SCHEMA ${schema};
      CREATE TABLE ${schema}.${ownTable} (
        version INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
      );
      COMMIT;`),
  );
}

/** What is left to do. Throws EPH-SIGNER-MIGRATION-CHANGED when what was done is not a beginning of it. */
export function dueMigrations(
  schema: string,
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] {
  const refuse = (version: number, problem: string) =>
    signerErrors.create('EPH-SIGNER-MIGRATION-CHANGED', { schema, version, problem });
  for (const [index, { version, sha256 }] of applied.entries()) {
    const own = migrations.find((each) => each.version === version);
    if (own === undefined) throw refuse(version, 'this version of the signer does not know it');
    if (own.sha256 !== sha256) throw refuse(version, 'the file is another one than was applied');
    const skipped = migrations[index];
    if (skipped !== undefined && skipped.version !== version)
      throw refuse(skipped.version, `it was not applied, and ${version} after it was`);
  }
  return migrations.slice(applied.length);
}

async function apply(client: ClientBase, schema: string, migration: Migration): Promise<void> {
  const { version, name, sql, sha256 } = migration;
  try {
    await client.query('BEGIN');
    await client.query(`SET LOCAL search_path TO ${schema}`);
    await client.query(sql);
    await client.query(`INSERT INTO ${schema}.${ownTable} (version, name, sha256) VALUES ($1, $2, $3)`, [
      version,
      name,
      sha256,
    ]);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw signerErrors.create(
      'EPH-SIGNER-MIGRATION-FAILED',
      { schema, version, problem: messageOf(cause) },
      cause,
    );
  }
}
