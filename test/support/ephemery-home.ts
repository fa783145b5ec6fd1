import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { until } from './mayfly-process.ts';
import { livingProcesses, type ProcessLine } from './process-harness.ts';

/** The program as it is built. */
const program = join(import.meta.dirname, '../../dist/app/main.js');

/** Long enough for two cores that are busy with something else too. */
export const patienceMs = 400_000;

export interface SeenEvent {
  readonly type: string;
  readonly seq: number;
  readonly atMs: number;
  readonly [fact: string]: unknown;
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  /** Arguments of node before the program. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A command with its first arguments that is given the whole of it and becomes it. */
  readonly through?: readonly string[];
}

/** `ephemery … --json` while it runs. */
export class RunningEphemery {
  readonly child: ChildProcess;
  readonly events: SeenEvent[] = [];
  readonly ended: Promise<Finished>;
  private finished: Finished | undefined;
  private readonly lines: string[] = [];
  private stderr = '';

  constructor(child: ChildProcess) {
    this.child = child;
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => this.take(line));
    child.stderr?.on('data', (data) => {
      this.stderr += String(data);
    });
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.finished = { code, signal, stdout: this.lines.join('\n'), stderr: this.stderr };
        resolve(this.finished);
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  private take(line: string): void {
    this.lines.push(line);
    const value = JSON.parse(line) as unknown;
    if (typeof value === 'object' && value !== null && 'type' in value) this.events.push(value as SeenEvent);
  }

  /** The first event that is so, seen already or still to come; rejects when the program ends without it. */
  async event(what: string, wanted: (event: SeenEvent) => boolean): Promise<SeenEvent> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const over = this.finished;
      const found = this.events.find(wanted);
      if (found !== undefined) return found;
      if (over !== undefined || performance.now() > deadline) throw new Error(this.lament(what));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Sends the signal and waits for the end. */
  stop(signal: NodeJS.Signals): Promise<Finished> {
    this.child.kill(signal);
    return this.ended;
  }

  private lament(what: string): string {
    const last = this.lines.slice(-15).map((line) => line.slice(0, 300));
    const end = this.finished === undefined ? 'it still runs' : `it ended with ${this.finished.code}`;
    return `no ${what}; ${end}\n${last.join('\n')}\n${this.stderr}`;
  }
}

/** A root in a folder of its own, under an empty home, and everything that runs for it. */
export class EphemeryHome {
  readonly folder: string;
  readonly root: string;

  static async create(): Promise<EphemeryHome> {
    if (!existsSync(program)) throw new Error(`${program} is missing: run \`npm run build\` first`);
    return EphemeryHome.in(await realpath(await mkdtemp(join(tmpdir(), 'ephemery-e2e-'))));
  }

  /** In a folder that is there already. */
  static async in(folder: string): Promise<EphemeryHome> {
    await mkdir(join(folder, 'home'), { recursive: true });
    return new EphemeryHome(folder);
  }

  private constructor(folder: string) {
    this.folder = folder;
    this.root = join(folder, 'root');
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  start(args: readonly string[], { node = [], env = {}, through = [] }: StartOptions = {}): RunningEphemery {
    const whole = [process.execPath, ...node, program, ...args, '--home', this.root, '--json'];
    const [command = '', ...given] = [...through, ...whole];
    const child = spawn(command, given, {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: join(this.folder, 'home'), ...env },
    });
    return new RunningEphemery(child);
  }

  /** Runs a command to its end. */
  run(...args: string[]): Promise<Finished> {
    return this.start(args).ended;
  }

  /** What a command that ends well says to a person, on both streams. */
  words(...args: string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
    return promisify(execFile)(process.execPath, [program, ...args, '--home', this.root], {
      cwd: this.folder,
      env: { PATH: process.env.PATH, HOME: join(this.folder, 'home') },
    });
  }

  /** The JSON that a command prints; throws what it said when it failed. */
  async ask(...args: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`ephemery ${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  async json(...parts: string[]): Promise<unknown> {
    return JSON.parse(await readFile(this.path(...parts), 'utf8'));
  }

  /** Puts this where the root's lock lies. */
  async writeLock(text: string): Promise<void> {
    await mkdir(this.path('run'), { recursive: true });
    await writeFile(this.path('run', 'lock'), text);
  }

  /** Everything that lives and was started for this root. */
  async processes(): Promise<readonly ProcessLine[]> {
    return (await livingProcesses()).filter(({ command }) => command.includes(this.root));
  }

  /** Programs that work on chain data of a node: `home`, or the local network's own `producer`. */
  async clients(node: 'home' | 'producer'): Promise<readonly ClientProcess[]> {
    const chains = new RegExp(`/nodes/${node}/chains/([^/ ]+)/(execution|consensus)\\.`);
    return (await this.processes()).flatMap(({ pid, command }) => {
      const [, folder, layer] = /--data-?[dD]ir=/.test(command) ? (chains.exec(command) ?? []) : [];
      return folder === undefined || layer === undefined ? [] : [{ pid, folder, layer }];
    });
  }

  /** Chain folders of the node `home`. */
  async chains(): Promise<readonly string[]> {
    return (await readdir(this.path('nodes', 'home', 'chains'))).toSorted();
  }

  /** The text of every file that a reset must leave as it is, by path. */
  async kept(): Promise<Readonly<Record<string, string>>> {
    const found: Record<string, string> = {};
    for (const part of ['identity', 'secrets', 'protection', 'ports.json']) {
      await collectFiles(this.path('nodes', 'home', part), found);
    }
    return found;
  }

  /** Kills whatever is left, and removes the folder. */
  async close(): Promise<void> {
    await until(async () => {
      const left = await this.processes();
      for (const { pid } of left) killIfThere(pid);
      return left.length === 0;
    });
    await rm(this.folder, { recursive: true, force: true });
  }
}

export interface ClientProcess {
  readonly pid: number;
  readonly folder: string;
  readonly layer: string;
}

export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

async function collectFiles(path: string, into: Record<string, string>): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    if (cause.code === 'ENOTDIR') return undefined;
    throw cause;
  });
  if (entries === undefined) {
    into[path] = await readFile(path, 'utf8');
    return;
  }
  for (const { name } of entries) await collectFiles(join(path, name), into);
}
