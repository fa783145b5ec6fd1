import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programOnPath } from './missing-program.ts';
import { SmallDisk } from './small-disk.ts';

const settings = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
`;

const besidePodman = ['/usr/lib/podman', '/usr/libexec/podman', '/usr/bin', '/usr/libexec'];

/** Why containers cannot be run here; undefined when they can. */
export function missingPodman(): string | undefined {
  if (process.platform !== 'linux') return 'containers are tested on Linux';
  const isRoot = process.getuid?.() === 0;
  const needed = [
    'podman',
    'runc',
    'conmon',
    'tar',
    ...(isRoot ? ['iptables'] : ['newuidmap', 'slirp4netns']),
  ].filter((name) => programOnPath(name) === undefined);
  if (needed.length > 0) return `${needed.join(', ')} not on the PATH`;
  for (const program of ['aardvark-dns', 'catatonit']) {
    const places = besidePodman.map((folder) => join(folder, program));
    if (!places.some(existsSync)) return `${program}, which Podman needs, is not installed`;
  }
  return isRoot ? mayNotMakeNetworks() : mayNotBeMany();
}

/** Without root Podman needs ids of its own for what is in a container (/etc/subuid). */
function mayNotBeMany(): string | undefined {
  try {
    const map = execFileSync('podman', ['unshare', 'cat', '/proc/self/uid_map'], {
      timeout: 20_000,
      stdio: 'pipe',
    });
    return String(map).trim().split('\n').length > 1
      ? undefined
      : 'our user has no ids for containers (/etc/subuid)';
  } catch (cause) {
    return `Podman does not run without root here (${String(cause).split('\n')[0]})`;
  }
}

/** Some machines that themselves are containers let nobody make network devices. */
function mayNotMakeNetworks(): string | undefined {
  try {
    execFileSync('iptables', ['-t', 'nat', '-L', '-n'], { stdio: 'ignore', timeout: 20_000 });
    execFileSync('unshare', ['--mount', '--net', 'true'], { stdio: 'ignore', timeout: 20_000 });
    return undefined;
  } catch (cause) {
    return `networks for containers may not be made here (${String(cause).split('\n')[0]})`;
  }
}

export interface PodmanOptions {
  /** The address of a registry that is spoken to without TLS. */
  readonly registry?: string;
  /** Its images and containers are on a disk of this size; `disk` changes it. */
  readonly diskMebibytes?: number;
}

/** A Podman with its own storage, networks and socket, that answers the Docker Engine API. */
export class Podman {
  readonly folder: string;
  readonly socket: string;
  private readonly env: NodeJS.ProcessEnv;
  private service: ChildProcess | undefined;
  private ownDisk: SmallDisk | undefined;

  static async start({ registry, diskMebibytes }: PodmanOptions = {}): Promise<Podman> {
    const podman = new Podman(await mkdtemp(join(tmpdir(), 'ephemery-podman-')));
    await mkdir(join(podman.folder, 'net'), { recursive: true });
    await writeFile(join(podman.folder, 'containers.conf'), settings);
    await writeFile(
      join(podman.folder, 'registries.conf'),
      registry === undefined ? '' : `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`,
    );
    if (diskMebibytes !== undefined) {
      await mkdir(join(podman.folder, 'root'));
      podman.ownDisk = await SmallDisk.mount(join(podman.folder, 'root'), diskMebibytes);
    }
    await podman.resume();
    return podman;
  }

  private constructor(folder: string) {
    this.folder = folder;
    this.socket = join(folder, 'podman.sock');
    this.env = {
      PATH: process.env.PATH,
      HOME: folder,
      CONTAINERS_CONF: join(folder, 'containers.conf'),
      CONTAINERS_REGISTRIES_CONF: join(folder, 'registries.conf'),
      ...(process.env.XDG_RUNTIME_DIR === undefined ? {} : { XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR }),
    };
  }

  /** The environment by which our programs find it. */
  get environment(): Readonly<Record<string, string>> {
    return { DOCKER_HOST: `unix://${this.socket}` };
  }

  get disk(): SmallDisk {
    if (this.ownDisk === undefined) throw new Error('this Podman was given no disk of its own');
    return this.ownDisk;
  }

  /** The service begins to answer; containers are what they were. */
  async resume(): Promise<void> {
    const args = [...this.global(), 'system', 'service', '--time=0', `unix://${this.socket}`];
    const service = spawn('podman', args, { env: this.env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.service = service;
    let said = '';
    service.stderr?.on('data', (text) => {
      said = `${said}${String(text)}`.slice(-4_000);
    });
    const deadline = performance.now() + 60_000;
    while (!(await answers(this.socket))) {
      if (service.exitCode !== null || performance.now() > deadline) throw new Error(`no Podman: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The service goes away; containers run on. */
  async interrupt(): Promise<void> {
    const { service } = this;
    if (service === undefined || service.exitCode !== null) return;
    const ended = once(service, 'exit');
    service.kill('SIGKILL');
    await ended;
    await rm(this.socket, { force: true });
  }

  /** Runs one command of it; what it printed. */
  async run(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('podman', [...this.global(), ...args], {
      env: this.env,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.trim();
  }

  /** An image of what `tar` packs with these arguments, known as `localhost/<name>`. Its digest. */
  async importPacked(name: string, packing: readonly string[]): Promise<string> {
    const archive = join(this.folder, 'import.tar');
    await promisify(execFile)('tar', ['--owner=0', '--group=0', '-cf', archive, ...packing]);
    await this.run('import', '--quiet', archive, `localhost/${name}`);
    await rm(archive);
    return this.run('image', 'inspect', '--format', '{{.Digest}}', `localhost/${name}`);
  }

  /** Removes every container, network and image, and ends it. */
  async close(): Promise<void> {
    await this.run('rm', '--all', '--force', '--time=0').catch(() => undefined);
    await this.run('network', 'prune', '--force').catch(() => undefined);
    await this.interrupt();
    await this.run('system', 'reset', '--force').catch(() => undefined);
    await this.ownDisk?.unmount().catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }

  private global(): readonly string[] {
    const at = (name: string) => join(this.folder, name);
    return ['--root', at('root'), '--runroot', at('run'), '--network-config-dir', at('net')];
  }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', () => resolve(false));
  });
}
