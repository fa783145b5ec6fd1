import { appendFile, copyFile, type FileHandle, open, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from '../../base/make-folders.ts';

export interface LogLimits {
  /** A log that is larger is rotated. */
  readonly maxBytes: number;
  /** How many rotated files are kept beside the current one; at least 1. */
  readonly keep: number;
}

/** The log files of a root: `<name>.log`, and `<name>.log.1` (younger) to `.keep` (oldest). */
export class LogFiles {
  readonly limits: LogLimits;
  readonly folder: string;
  private appending: Promise<void> = Promise.resolve();

  constructor(folder: string, limits: LogLimits) {
    this.folder = folder;
    this.limits = limits;
  }

  current(name: string): string {
    return join(this.folder, `${name}.log`);
  }

  rotated(name: string, age: number): string {
    return `${this.current(name)}.${age}`;
  }

  /** All that may exist, oldest first. */
  all(name: string): readonly string[] {
    const rotated = Array.from({ length: this.limits.keep }, (_, index) => this.rotated(name, index + 1));
    return [...rotated.reverse(), this.current(name)];
  }

  /** For a child's output. Opened for append, so that what is written after a truncation goes to the start. */
  openForAppend(name: string): Promise<FileHandle> {
    return open(this.current(name), 'a', 0o600);
  }

  /** Adds a text at once, after what others add. Makes the folder and rotates where that is due. */
  append(name: string, text: string): Promise<void> {
    const work = this.appending.then(async () => {
      await makeFolders(this.folder, 0o700);
      await this.rotateWhenLarge(name);
      await appendFile(this.current(name), text, { mode: 0o600 });
    });
    this.appending = work.catch(() => undefined);
    return work;
  }

  async size(name: string): Promise<number> {
    return sizeOf(this.current(name));
  }

  /**
   * Copies a log that is too large and truncates it: its writer goes on writing into the same file. What is
   * written between the copy and the truncation is lost. A crash on the way may leave lines twice, never none.
   * The copy gets its name last: a reader that sees a new `.1` knows that the truncation is done.
   */
  async rotateWhenLarge(name: string): Promise<boolean> {
    const path = this.current(name);
    await this.finishRotation(name);
    if ((await sizeOf(path)) <= this.limits.maxBytes) return false;
    await copyWhole(path, `${path}.rotating`);
    await truncate(path, 0);
    await this.finishRotation(name);
    return true;
  }

  /** Gives a complete copy its name, ours or that of a life before that was killed here. */
  private async finishRotation(name: string): Promise<void> {
    const copy = `${this.current(name)}.rotating`;
    if (!(await exists(copy))) return;
    for (let age = this.limits.keep; age > 1; age--) {
      await rename(this.rotated(name, age - 1), this.rotated(name, age)).catch(ignoreMissing);
    }
    await rename(copy, this.rotated(name, 1));
  }
}

/** The copy has its name only when it is whole; on a full disk nothing of it stays. */
async function copyWhole(from: string, to: string): Promise<void> {
  const partial = `${from}.copying`;
  try {
    await copyFile(from, partial);
    await rename(partial, to);
  } catch (cause) {
    await rm(partial, { force: true, recursive: true });
    throw cause;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (cause) => {
      ignoreMissing(cause);
      return false;
    },
  );
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (stats) => stats.size,
    (cause) => {
      ignoreMissing(cause);
      return 0;
    },
  );
}

function ignoreMissing(cause: unknown): void {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
}
