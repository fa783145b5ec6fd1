import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../src/base/errors.ts';
import { cannotMount } from './cannot-mount.ts';
import { until } from './mayfly-process.ts';
import { missingProgram } from './missing-program.ts';

const systemdProgram = '/usr/lib/systemd/systemd';

/**
 * Its units are in control groups of its own; hierarchies that are not there or not ours are left out. As the first
 * process of a namespace it would refuse to be a user's.
 */
const begin = `
for tree in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
  [ -w "$tree/cgroup.procs" ] && mkdir "$tree/$1" && echo $$ > "$tree/$1/cgroup.procs"
done
exec unshare --mount --pid --cgroup --fork --kill-child --mount-proc sh -c '
  mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system || exit 1
  "$0" --user --log-target=console & wait' ${systemdProgram}
`;

/** Why no systemd of our own can be had here; undefined when one can. */
export async function missingSystemd(): Promise<string | undefined> {
  const needed = ['systemctl', 'systemd-analyze', 'unshare', 'nsenter'];
  const [missing] = needed.flatMap((name) => missingProgram(name) ?? []);
  if (missing !== undefined) return missing;
  if (!existsSync(systemdProgram)) return `${systemdProgram} is not here`;
  return (await cannotMount()) ?? cannotBegin();
}

/** Some machines have the program and no kernel or rights for a second one. */
async function cannotBegin(): Promise<string | undefined> {
  try {
    await (await UserSystemd.start()).close();
    return undefined;
  } catch (cause) {
    return `no second systemd can be started here: ${messageOf(cause).slice(-300)}`;
  }
}

/** A `systemd --user` apart from that of the machine, with units in a folder of its own. */
export class UserSystemd {
  readonly units: string;
  private readonly folder: string;
  private readonly child: ChildProcess;
  private pid = 0;
  private said = '';

  static async start(): Promise<UserSystemd> {
    const folder = await mkdtemp(join(tmpdir(), 'ephemery-systemd-'));
    const systemd = new UserSystemd(folder);
    await mkdir(systemd.units, { recursive: true });
    try {
      await until(async () => {
        if (systemd.child.exitCode !== null) throw new Error(`no systemd: ${systemd.said}`);
        return systemd.isThere();
      });
    } catch (cause) {
      await systemd.close();
      throw cause;
    }
    return systemd;
  }

  private constructor(folder: string) {
    this.folder = folder;
    this.units = join(folder, 'config/systemd/user');
    this.child = spawn('sh', ['-c', begin, 'sh', basename(folder)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.env,
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (text) => {
        this.said = `${this.said}${String(text)}`.slice(-20_000);
      });
  }

  /** What it and its units printed last. */
  get output(): string {
    return this.said;
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.units, name), text);
  }

  /** What a command has before it and in its environment to run beside the units, whose processes are not seen from outside. */
  beside(folder: string) {
    return { through: [...this.inside(), 'sh', '-c', 'cd "$0" && exec "$@"', folder], env: this.env };
  }

  /** What `systemd-analyze verify` has against these units. */
  async verify(...names: readonly string[]): Promise<string> {
    const paths = names.map((name) => join(this.units, name));
    const args = ['--user', 'verify', ...paths];
    const { stderr } = await promisify(execFile)('systemd-analyze', args, { env: this.env });
    return stderr;
  }

  /** One `systemctl --user`; what it printed. */
  async run(...args: readonly string[]): Promise<string> {
    const [command = '', ...inside] = this.inside();
    const whole = [...inside, 'systemctl', '--user', '--no-pager', ...args];
    const { stdout } = await promisify(execFile)(command, whole, { env: this.env });
    return stdout.trim();
  }

  async close(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    if (this.child.exitCode === null && this.child.signalCode === null) await ended;
    for (const tree of ['systemd/', 'unified/', ''])
      await removeGroup(join('/sys/fs/cgroup', tree, basename(this.folder)));
    await rm(this.folder, { recursive: true, force: true });
  }

  private inside(): readonly string[] {
    return ['nsenter', '--target', `${this.pid}`, '--mount', '--pid'];
  }

  private get env(): Readonly<Record<string, string>> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.folder,
      XDG_CONFIG_HOME: join(this.folder, 'config'),
      XDG_RUNTIME_DIR: this.folder,
    };
  }

  private async isThere(): Promise<boolean> {
    const children = `/proc/${this.child.pid}/task/${this.child.pid}/children`;
    this.pid = Number((await readFile(children, 'utf8').catch(() => '')).trim());
    if (this.pid === 0) return false;
    return this.run('list-units').then(
      () => true,
      () => false,
    );
  }
}

/** The kernel keeps a control group until its last process is gone. */
async function removeGroup(folder: string): Promise<void> {
  const inside = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (inside === undefined) return;
  for (const each of inside) if (each.isDirectory()) await removeGroup(join(folder, each.name));
  await until(() =>
    rmdir(folder).then(
      () => true,
      () => false,
    ),
  );
}
