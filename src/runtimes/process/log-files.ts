import { copyFile, type FileHandle, open, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

export interface LogLimits {
  /** A log that is larger is rotated. */
  readonly maxBytes: number;
  /** How many rotated files are kept beside the current one. */
  readonly keep: number;
}

/** The log files of a root: `<name>.log`, and `<name>.log.1` (younger) to `.keep` (oldest). */
export class LogFiles {
  readonly limits: LogLimits;
  private readonly folder: string;

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

  async size(name: string): Promise<number> {
    return sizeOf(this.current(name));
  }

  /**
   * Copies a log that is too large and truncates it: its writer goes on writing into the same file. What is
   * written between the copy and the truncation is lost. A crash in between leaves lines twice, never none.
   */
  async rotateWhenLarge(name: string): Promise<boolean> {
    const path = this.current(name);
    if ((await sizeOf(path)) <= this.limits.maxBytes) return false;
    const temporary = `${path}.rotating`;
    try {
      await copyFile(path, temporary);
    } catch (cause) {
      await rm(temporary, { force: true });
      throw cause;
    }
    for (let age = this.limits.keep; age > 1; age--) {
      await rename(this.rotated(name, age - 1), this.rotated(name, age)).catch(ignoreMissing);
    }
    await (this.limits.keep > 0 ? rename(temporary, this.rotated(name, 1)) : rm(temporary));
    await truncate(path, 0);
    return true;
  }
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
