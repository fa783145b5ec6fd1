import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program at a real pseudo-terminal, by `script` of util-linux, and a person who reads and types. */
export class Terminal {
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;
  private shown = '';
  private isOver = false;
  private wake: () => void = () => undefined;

  constructor(
    command: readonly string[],
    options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  ) {
    const line = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    // Without a terminal of its own to copy the size from, the new one has none.
    const sized = `stty cols 200 rows 50; exec ${line}`;
    this.child = spawn('script', ['--quiet', '--return', '--command', sized, '/dev/null'], {
      ...options,
      env: { ...options.env, TERM: 'xterm' },
    });
    this.child.stdout?.on('data', (data: Buffer) => {
      this.shown += data.toString();
      this.wake();
    });
    this.ended = once(this.child, 'close').then(([code]) => {
      this.isOver = true;
      this.wake();
      return code as number | null;
    });
  }

  /** Everything that stood on the screen, with what was typed as far as it was echoed. */
  get screen(): string {
    return this.shown;
  }

  /** Resolves once the screen has shown this `times` times; rejects when the program ends without. */
  async shows(text: string, times = 1): Promise<void> {
    while (this.shown.split(text).length <= times) {
      if (this.isOver) throw new Error(`it ended without showing "${text}": ${this.shown}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  type(text: string): void {
    this.child.stdin?.write(text);
  }

  /** Hangs up, as a closed window does. */
  close(): void {
    this.child.kill('SIGHUP');
  }
}

export const ctrlC = '\u0003';
export const enter = '\r';
