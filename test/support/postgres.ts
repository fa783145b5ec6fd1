import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, realpathSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from './free-port.ts';
import { until } from './mayfly-process.ts';
import { programOnPath } from './missing-program.ts';

/** Debian keeps the server's programs off the PATH. */
function binFolders(): readonly string[] {
  const debian = '/usr/lib/postgresql';
  try {
    return readdirSync(debian).map((version) => join(debian, version, 'bin'));
  } catch {
    return [];
  }
}

/** The folder of the server's own programs, and the data that belong to them. */
export function serverFolders(): { readonly bin: string; readonly library: string; readonly share: string } {
  const initdb = program('initdb');
  const bin = initdb === undefined ? '' : dirname(realpathSync(initdb));
  const ask = (what: string) =>
    execFileSync(join(bin, 'pg_config'), [`--${what}`], { encoding: 'utf8' }).trim();
  return { bin, library: ask('pkglibdir'), share: ask('sharedir') };
}

function program(name: string): string | undefined {
  return programOnPath(name, ...binFolders().map((folder) => join(folder, name)));
}

/** As root the server refuses to run, and the user `postgres` that packages make runs it. */
function postgresUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Why no PostgreSQL of our own can be run here; undefined when one can. */
export function lackOfPostgres(): string | undefined {
  for (const name of ['initdb', 'postgres'])
    if (program(name) === undefined) return `${name} of PostgreSQL is not on this machine`;
  try {
    postgresUser();
    return undefined;
  } catch {
    return 'PostgreSQL does not run as root, and there is no user postgres';
  }
}

export const superuser = 'keeper';
export const password = 'a password of the database';

/** A PostgreSQL of our own in a folder of its own, on a port of its own. */
export class TestPostgres {
  readonly folder: string;
  readonly port: number;
  private child: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(): Promise<TestPostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'ephemery-postgres-'));
    const user = postgresUser();
    const secret = join(folder, 'password');
    await writeFile(secret, password, { mode: 0o600 });
    if (user !== undefined) for (const path of [secret, folder]) await chown(path, user.uid, user.gid);
    await chmod(folder, 0o700);
    const args = ['-D', join(folder, 'data'), '-U', superuser, '--auth=scram-sha-256', `--pwfile=${secret}`];
    execFileSync(program('initdb') ?? '', [...args, '--no-sync', '--locale=C', '--encoding=UTF8'], {
      ...user,
      cwd: folder,
      stdio: 'pipe',
      env: {},
    });
    const server = new TestPostgres(folder, await freePort());
    await server.open();
    return server;
  }

  get url(): string {
    return `postgresql://127.0.0.1:${this.port}/postgres`;
  }

  /** Starts it, after a kill too. */
  async open(): Promise<void> {
    const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: this.folder, fsync: 'off' };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const data = join(this.folder, 'data');
    this.child = spawn(program('postgres') ?? '', ['-D', data, '-p', `${this.port}`, ...args], {
      ...postgresUser(),
      cwd: this.folder,
      stdio: 'ignore',
      env: {},
    });
    await until(async () => (await this.answers()) === true);
  }

  /** As a machine that loses its power does: the server ends, and whoever talks to it is cut off. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.child?.once('exit', resolve));
    // Immediate shutdown: the children end with it, nothing is flushed.
    this.child?.kill('SIGQUIT');
    await ended;
  }

  async query<Row = Record<string, unknown>>(sql: string): Promise<readonly Row[]> {
    const { default: pg } = await import('pg');
    const client = new pg.Client({
      host: '127.0.0.1',
      port: this.port,
      database: 'postgres',
      user: superuser,
      password,
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql)).rows as Row[];
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    if (this.child?.exitCode === null) await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async answers(): Promise<boolean> {
    return this.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }
}
