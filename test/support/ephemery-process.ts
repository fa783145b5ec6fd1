import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../../dist/app/main.js');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard output holds this text; rejects when the program ends before. */
  says(text: string): Promise<void>;
  /** The first line of standard output; rejects when the program ends before. */
  firstLine(): Promise<string>;
}

/** The built command line on a home and in a folder of its own. */
export class EphemeryProcess {
  readonly folder: string;
  readonly home: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.home = join(folder, 'home');
  }

  static async inNewFolder(): Promise<EphemeryProcess> {
    return new EphemeryProcess(await mkdtemp(join(tmpdir(), 'ephemery-cli-')));
  }

  /** Runs one command to its end. */
  async run(...args: readonly string[]): Promise<Ended> {
    const { child, ended } = this.start(...args);
    child.stdin?.end();
    return ended;
  }

  /** As `run`, with --json; what it printed, parsed. Throws with standard error when the code is not 0. */
  async json(...args: readonly string[]): Promise<unknown> {
    const { code, out, error } = await this.run(...args, '--json');
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${error}`);
    return JSON.parse(out);
  }

  /** The same with more in its environment. */
  async runIn(more: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> {
    const { child, ended } = this.startIn(more, ...args);
    child.stdin?.end();
    return ended;
  }

  startIn(more: Readonly<Record<string, string>>, ...args: readonly string[]): Started {
    return this.watched(this.spawned(process.execPath, [program, ...args], more));
  }

  /** On a terminal of its own, which `script` of util-linux makes: what is said comes on standard output. */
  startOnTerminal(...args: readonly string[]): Started {
    const command = [process.execPath, program, ...args].map((part) => `'${part}'`).join(' ');
    // One without a width would break every line after each letter.
    const line = `stty cols 120 rows 40; ${command}`;
    return this.watched(
      this.spawned('script', ['--quiet', '--flush', '--return', '--command', line, '/dev/null']),
    );
  }

  start(...args: readonly string[]): Started {
    return this.watched(this.spawned(process.execPath, [program, ...args]));
  }

  private spawned(command: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) {
    const env = { PATH: process.env.PATH ?? '', HOME: this.folder, EPHEMERY_HOME: this.home, ...more };
    return spawn(command, args, { cwd: this.folder, env });
  }

  private watched(child: ChildProcessWithoutNullStreams): Started {
    let out = '';
    let error = '';
    const awaited = new Map<string, () => void>();
    const tell = () => {
      for (const [text, told] of awaited) if (out.includes(text)) told();
    };
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString();
      tell();
    });
    child.stderr.on('data', (text: Buffer) => {
      error += text.toString();
    });
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, error }));
    const says = (text: string) =>
      new Promise<void>((resolve, reject) => {
        awaited.set(text, resolve);
        tell();
        void ended.then(({ error: last }) => reject(new Error(`it ended without saying "${text}": ${last}`)));
      });
    const firstLine = async () => {
      await says('\n');
      return out.slice(0, out.indexOf('\n'));
    };
    return { child, ended, says, firstLine };
  }

  /** Stops whatever still runs and removes the folder. */
  async remove(): Promise<void> {
    await this.run('down');
    await rm(this.folder, { recursive: true, force: true });
  }
}
