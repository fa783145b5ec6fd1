import type Docker from 'dockerode';
import type { Clock } from '../../base/clock.ts';
import { isEphemeryError } from '../../base/errors.ts';
import { runtimeErrors } from '../errors.ts';
import { type EngineSurroundings, engineSockets } from './engine-address.ts';
import { type EngineRecord, readEngineRecord, writeEngineRecord } from './engine-record.ts';
import { reasonOf, statusOf, untilSettled } from './engine-refusal.ts';
import { containerErrors } from './errors.ts';

export interface EngineFacts {
  readonly product: 'docker' | 'podman';
  readonly version: string;
  readonly socket: string;
  readonly rootless: boolean;
  /** The host labels files, and an unlabelled bind mount would be refused. */
  readonly selinux: boolean;
  readonly store: string;
}

export interface EngineOptions extends EngineSurroundings {
  /** Where it is written down which engine has the root's containers. */
  readonly recordPath: string;
  readonly clock: Clock;
}

interface Connection {
  readonly docker: Docker;
  readonly facts: EngineFacts;
}

/** Docker 24 has 1.43; Podman 4 speaks 1.41 and what we use of it has not changed since. */
const neededApi = [1, 41] as const;
const helloDeadlineMs = 5_000;
const askDeadlineMs = 30_000;

/** The container engine of this machine. Connects when it is first asked, and anew after it went away. */
export class Engine {
  private readonly options: EngineOptions;
  private connecting: Promise<Connection> | undefined;
  private recorded = false;

  constructor(options: EngineOptions) {
    this.options = options;
  }

  /**
   * Asks the engine one thing. Throws EPH-RUNTIME-UNREACHABLE when it does not answer, and what it refuses as
   * the library's own errors, with a status code (see engine-refusal.ts).
   */
  async ask<T>(
    work: (docker: Docker, signal: AbortSignal) => Promise<T>,
    deadlineMs = askDeadlineMs,
  ): Promise<T> {
    const { docker, facts } = await this.connection();
    try {
      return await this.within(deadlineMs, (signal) => untilSettled(() => work(docker, signal)));
    } catch (thrown) {
      if (statusOf(thrown) !== undefined || isEphemeryError(thrown)) throw thrown;
      this.connecting = undefined;
      throw unreachable(`${titleOf(facts)} at ${facts.socket}: ${reasonOf(thrown)}`, thrown);
    }
  }

  /** A connection for what lasts: following logs, pulling. What it throws must go through `lost`. */
  async open(): Promise<Docker> {
    return (await this.connection()).docker;
  }

  /** The next question makes a new connection. */
  lost(): void {
    this.connecting = undefined;
  }

  async facts(): Promise<EngineFacts> {
    return (await this.connection()).facts;
  }

  /** Binds the root to this engine: called before anything is made in it. */
  async settle(): Promise<EngineFacts> {
    const { facts } = await this.connection();
    if (!this.recorded) await writeEngineRecord(this.options.recordPath, recordOf(facts));
    this.recorded = true;
    return facts;
  }

  /** Whether anything of the root was ever made in an engine. */
  async isSettled(): Promise<boolean> {
    this.recorded ||= (await readEngineRecord(this.options.recordPath)) !== undefined;
    return this.recorded;
  }

  private connection(): Promise<Connection> {
    const connecting = this.connecting ?? this.connect();
    this.connecting = connecting;
    connecting.catch(() => {
      if (this.connecting === connecting) this.connecting = undefined;
    });
    return connecting;
  }

  private async connect(): Promise<Connection> {
    const record = await readEngineRecord(this.options.recordPath);
    const { sockets, named } = engineSockets(this.options);
    const tried = record === undefined || named ? sockets : [record.socket];
    const failures: string[] = [];
    for (const socket of tried) {
      try {
        const connection = await this.greet(socket);
        refuseAnother(record, connection.facts, this.options.recordPath);
        return connection;
      } catch (thrown) {
        if (isEphemeryError(thrown)) throw thrown;
        failures.push(`${socket}: ${reasonOf(thrown)}`);
      }
    }
    throw unreachable(failures.join('; ') || 'no place to look for an engine is known', undefined);
  }

  private async greet(socketPath: string): Promise<Connection> {
    const { default: Library } = await import('dockerode');
    // An empty host keeps the library from taking another engine from the environment.
    const docker = new Library({ socketPath, host: '' });
    const [version, info] = await this.within(helloDeadlineMs, () =>
      Promise.all([docker.version(), docker.info()]),
    );
    const components: readonly { readonly Name: string }[] = version.Components ?? [];
    const security: readonly string[] = info.SecurityOptions ?? [];
    const has = (option: string) => security.some((given) => given.split(',').includes(`name=${option}`));
    // Docker tells it among its security options, Podman (4.3) in a field that Docker does not have.
    const { Rootless: saysRootless } = info as { readonly Rootless?: boolean };
    const facts: EngineFacts = {
      product: components.some(({ Name }) => Name === 'Podman Engine') ? 'podman' : 'docker',
      version: version.Version,
      socket: socketPath,
      rootless: has('rootless') || saysRootless === true,
      selinux: has('selinux'),
      store: String(info.DockerRootDir),
    };
    refuseOld(facts, version.ApiVersion);
    return { docker, facts };
  }

  private async within<T>(deadlineMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const over = new AbortController();
    const done = new AbortController();
    const late = this.options.clock.sleep(deadlineMs, done.signal).then(() => {
      over.abort();
      throw new DOMException(`no answer within ${deadlineMs / 1000} s`, 'TimeoutError');
    });
    try {
      return await Promise.race([work(over.signal), late]);
    } finally {
      late.catch(() => undefined);
      done.abort();
    }
  }
}

function titleOf({ product, version }: EngineFacts): string {
  return `${product === 'podman' ? 'Podman' : 'Docker'} ${version}`;
}

function recordOf({ socket, product, store }: EngineFacts): EngineRecord {
  return { socket, product, store };
}

function refuseOld(facts: EngineFacts, found: string): void {
  const [major = 0, minor = 0] = found.split('.').map(Number);
  if (major > neededApi[0] || (major === neededApi[0] && minor >= neededApi[1])) return;
  const needed = neededApi.join('.');
  throw containerErrors.create('EPH-RUNTIME-ENGINE-OLD', { engine: titleOf(facts), found, needed });
}

/** What runs under another engine would be taken for gone. */
function refuseAnother(record: EngineRecord | undefined, facts: EngineFacts, file: string): void {
  if (record === undefined) return;
  if (record.product === facts.product && record.store === facts.store) return;
  throw containerErrors.create('EPH-RUNTIME-ENGINE-CHANGED', {
    recorded: `${record.product} at ${record.socket}`,
    found: `${facts.product} at ${facts.socket}`,
    file,
  });
}

function unreachable(reason: string, cause: unknown): Error {
  return runtimeErrors.create('EPH-RUNTIME-UNREACHABLE', { runtime: 'container', reason }, cause);
}
