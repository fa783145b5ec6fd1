import type { Client } from 'pg';
import { type Answer, known, unknown } from '../base/answer.ts';
import { conceal } from '../base/conceal.ts';
import { messageOf } from '../base/errors.ts';
import type { DatabaseCredentials } from './credentials.ts';
import { signerErrors } from './errors.ts';

/** A database as we reach it. */
export interface DatabaseAccess {
  /** `postgresql://host:port/database`, without user and password. */
  readonly url: string;
  /** The folder of its Unix socket, where it is reached through that. */
  readonly socket?: string;
  readonly credentials: DatabaseCredentials;
  /** For each query; none when absent. */
  readonly queryTimeoutMs?: number;
}

const connectTimeoutMs = 10_000;

/** Throws EPH-SIGNER-DATABASE. */
export async function connect(request: DatabaseAccess): Promise<Client> {
  const { url, credentials, socket, queryTimeoutMs } = request;
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    ...addressOf(url),
    ...(socket === undefined ? {} : { host: socket }),
    user: credentials.username,
    password: credentials.password.reveal(),
    connectionTimeoutMillis: connectTimeoutMs,
    ...(queryTimeoutMs === undefined ? {} : { query_timeout: queryTimeoutMs }),
    application_name: 'ephemery-node',
  });
  // A connection that breaks makes the query fail too; unheard, this event would end our process.
  client.on('error', () => undefined);
  await ask(request, client.connect());
  return client;
}

/** In parts, because a library that is given the whole address takes its empty user for the user. */
function addressOf(url: string) {
  const { hostname, port, pathname, searchParams } = new URL(url);
  const isEncrypted = ['require', 'verify-ca', 'verify-full'].includes(searchParams.get('sslmode') ?? '');
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 5432 : Number(port),
    database: decodeURIComponent(pathname.slice(1)),
    ...(isEncrypted ? { ssl: true } : {}),
  };
}

/** The database's own words, which never hold the password. */
export async function ask<T>({ url, credentials }: DatabaseAccess, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    const said = messageOf(cause);
    const problem = conceal(said, [credentials.password.reveal()]);
    // A cause is told as well, in its own words.
    throw signerErrors.create('EPH-SIGNER-DATABASE', { url, problem }, problem === said ? cause : undefined);
  }
}

/** Whether the database takes connections and the user; unknown when it cannot be told. */
export async function databaseAnswers(access: DatabaseAccess): Promise<Answer<boolean>> {
  try {
    const client = await connect(access);
    await client.end();
    return known(true);
  } catch (thrown) {
    return unknown(messageOf(thrown));
  }
}
