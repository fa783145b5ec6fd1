import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ContainerEngine, EngineOptions } from './container-engine.ts';
import { EngineService } from './engine-service.ts';
import { mayNotMakeNetworks } from './may-make-networks.ts';
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

/** A Podman with its own storage, networks and socket, that answers the Docker Engine API. */
export class Podman implements ContainerEngine {
  readonly product = 'podman';
  readonly hostInside = 'host.containers.internal';
  readonly ownNetworks = ['podman'];
  readonly folder: string;
  readonly socket: string;
  private readonly env: NodeJS.ProcessEnv;
  private service: EngineService | undefined;
  private ownDisk: SmallDisk | undefined;

  static async start({ registry, diskMebibytes }: EngineOptions = {}): Promise<Podman> {
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
      ...passedOn('XDG_RUNTIME_DIR', 'CONTAINERS_STORAGE_CONF'),
    };
  }

  get environment(): Readonly<Record<string, string>> {
    return { DOCKER_HOST: `unix://${this.socket}` };
  }

  get disk(): SmallDisk {
    if (this.ownDisk === undefined) throw new Error('this Podman was given no disk of its own');
    return this.ownDisk;
  }

  async resume(): Promise<void> {
    const args = [...this.global(), 'system', 'service', '--time=0', `unix://${this.socket}`];
    this.service = await EngineService.start({
      command: ['podman', ...args],
      env: this.env,
      socket: this.socket,
    });
  }

  async interrupt(): Promise<void> {
    await this.service?.end('SIGKILL');
    await rm(this.socket, { force: true });
  }

  /** Its commands need no service. */
  hide(): Promise<void> {
    return this.interrupt();
  }

  async run(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('podman', [...this.global(), ...args], {
      env: this.env,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.trim();
  }

  async remove(...containers: readonly string[]): Promise<void> {
    await this.run('rm', '--force', '--time=0', ...containers);
  }

  async removeAll(): Promise<void> {
    await this.run('rm', '--all', '--force', '--time=0');
  }

  async removeNetworkWithAll(network: string): Promise<void> {
    await this.run('network', 'rm', '--force', '--time=0', network);
  }

  async importPacked(name: string, packing: readonly string[]): Promise<string> {
    const archive = join(this.folder, 'import.tar');
    await promisify(execFile)('tar', ['--owner=0', '--group=0', '-cf', archive, ...packing]);
    await this.run('import', '--quiet', archive, `localhost/${name}`);
    await rm(archive);
    return this.run('image', 'inspect', '--format', '{{.Digest}}', `localhost/${name}`);
  }

  async saveLayout(image: string, folder: string): Promise<void> {
    await this.run('save', '--quiet', '--format', 'oci-dir', '-o', folder, image);
  }

  imageDigestOf(container: string): Promise<string> {
    return this.run('inspect', '--format', '{{.ImageDigest}}', container);
  }

  async close(): Promise<void> {
    await this.removeAll().catch(() => undefined);
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

function passedOn(...names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
