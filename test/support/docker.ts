import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ContainerEngine, EngineOptions } from './container-engine.ts';
import { EngineService } from './engine-service.ts';
import { mayNotMakeNetworks } from './may-make-networks.ts';
import { programOnPath } from './missing-program.ts';
import { SmallDisk } from './small-disk.ts';

const execute = promisify(execFile);
const programs = [
  'dockerd',
  'docker',
  'docker-init',
  'docker-proxy',
  'containerd',
  'runc',
  'iptables',
  'ip',
  'tar',
];

/** Why no Docker can be run here; undefined when one can. */
export function missingDocker(): string | undefined {
  if (process.platform !== 'linux') return 'containers are tested on Linux';
  if (process.getuid?.() !== 0) return 'a Docker of our own needs root';
  const needed = programs.filter((name) => programOnPath(name) === undefined);
  if (needed.length > 0) return `${needed.join(', ')} not on the PATH`;
  // Two of them in one network namespace would share a bridge and chains of iptables.
  if (existsSync('/sys/class/net/docker0')) return 'a Docker runs here; `unshare --net` has a place without';
  return mayNotMakeNetworks();
}

/** A Docker with its own containerd, storage and socket. Its networks are those of the network namespace. */
export class Docker implements ContainerEngine {
  readonly product = 'docker';
  readonly ownNetworks = ['bridge', 'host', 'none'];
  readonly folder: string;
  readonly socket: string;
  hostInside = '';
  private readonly env: NodeJS.ProcessEnv;
  private readonly args: readonly string[];
  private service: EngineService | undefined;
  private door: Server | undefined;
  private readonly visitors = new Set<Socket>();
  private ownDisk: SmallDisk | undefined;

  static async start({ registry, diskMebibytes }: EngineOptions = {}): Promise<Docker> {
    const docker = new Docker(await mkdtemp(join(tmpdir(), 'ephemery-docker-')), registry);
    await mkdir(join(docker.folder, 'data'));
    if (diskMebibytes !== undefined)
      docker.ownDisk = await SmallDisk.mount(join(docker.folder, 'data'), diskMebibytes);
    await docker.resume();
    const gateway = ['network', 'inspect', '--format', '{{(index .IPAM.Config 0).Gateway}}', 'bridge'];
    docker.hostInside = await docker.run(...gateway);
    return docker;
  }

  private constructor(folder: string, registry: string | undefined) {
    const at = (name: string) => join(folder, name);
    this.folder = folder;
    this.socket = at('docker.sock');
    this.env = { PATH: process.env.PATH, HOME: folder, DOCKER_CONFIG: at('client') };
    this.args = [
      `--host=unix://${this.innerSocket}`,
      `--data-root=${at('data')}`,
      `--exec-root=${at('exec')}`,
      `--pidfile=${at('docker.pid')}`,
      '--live-restore',
      ...(registry === undefined ? [] : [`--insecure-registry=${registry}`]),
    ];
  }

  get environment(): Readonly<Record<string, string>> {
    return { DOCKER_HOST: `unix://${this.socket}` };
  }

  get disk(): SmallDisk {
    if (this.ownDisk === undefined) throw new Error('this Docker was given no disk of its own');
    return this.ownDisk;
  }

  async interrupt(): Promise<void> {
    await this.hide();
    await this.service?.end('SIGKILL');
    this.service = undefined;
    await rm(this.innerSocket, { force: true });
  }

  async hide(): Promise<void> {
    const { door } = this;
    this.door = undefined;
    if (door === undefined) return;
    const closed = new Promise((resolve) => door.close(resolve));
    for (const visitor of this.visitors) visitor.destroy();
    await closed;
  }

  async resume(): Promise<void> {
    const { env, innerSocket: socket } = this;
    this.service ??= await EngineService.start({ command: ['dockerd', ...this.args], env, socket });
    // Docker's own commands need the service too: so that it can be hidden, our programs have a socket of their own.
    this.door = createServer((visitor) => this.letIn(visitor));
    await new Promise<void>((resolve) => this.door?.listen(this.socket, resolve));
  }

  async run(...args: readonly string[]): Promise<string> {
    const { stdout } = await execute('docker', ['--host', `unix://${this.innerSocket}`, ...args], {
      env: this.env,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.trim();
  }

  async remove(...containers: readonly string[]): Promise<void> {
    if (containers.length > 0) await this.run('rm', '--force', ...containers);
  }

  async removeAll(): Promise<void> {
    await this.remove(...lines(await this.run('ps', '--all', '--quiet')));
  }

  async removeNetworkWithAll(network: string): Promise<void> {
    const filter = ['--filter', `network=${network}`];
    await this.remove(...lines(await this.run('ps', '--all', '--quiet', ...filter)));
    await this.run('network', 'rm', network);
  }

  async importPacked(name: string, packing: readonly string[]): Promise<string> {
    const archive = join(this.folder, 'import.tar');
    await execute('tar', ['--owner=0', '--group=0', '-cf', archive, ...packing]);
    await this.run('import', archive, `localhost/${name}`);
    await rm(archive);
    return this.run('image', 'inspect', '--format', '{{.Id}}', `localhost/${name}`);
  }

  async saveLayout(image: string, folder: string): Promise<void> {
    const archive = join(this.folder, 'save.tar');
    await this.run('save', '--output', archive, image);
    await mkdir(folder);
    await execute('tar', ['-xf', archive, '-C', folder]);
    await rm(archive);
  }

  async imageDigestOf(container: string): Promise<string> {
    const image = await this.run('inspect', '--format', '{{.Image}}', container);
    const [name = ''] = lines(
      await this.run('image', 'inspect', '--format', '{{range .RepoDigests}}{{println .}}{{end}}', image),
    );
    return name.split('@')[1] ?? image;
  }

  async close(): Promise<void> {
    await this.removeAll().catch(() => undefined);
    await this.run('network', 'prune', '--force').catch(() => undefined);
    await this.hide();
    await this.service?.end('SIGTERM');
    await execute('ip', ['link', 'delete', 'docker0']).catch(() => undefined);
    for (const mounted of (await mountsUnder(this.folder)).toReversed()) await execute('umount', [mounted]);
    await rm(this.folder, { recursive: true, force: true });
  }

  private get innerSocket(): string {
    return join(this.folder, 'dockerd.sock');
  }

  private letIn(visitor: Socket): void {
    const inside = connect(this.innerSocket);
    this.visitors.add(visitor);
    visitor.pipe(inside).pipe(visitor);
    for (const [one, other] of [
      [visitor, inside],
      [inside, visitor],
    ] as const) {
      one.on('error', () => undefined);
      one.once('close', () => other.destroy());
    }
    visitor.once('close', () => this.visitors.delete(visitor));
  }
}

async function mountsUnder(folder: string): Promise<readonly string[]> {
  const all = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return all.filter((path) => path.startsWith(`${folder}/`));
}

function lines(printed: string): readonly string[] {
  return printed.split('\n').filter((line) => line !== '');
}
