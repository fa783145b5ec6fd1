import { open } from 'node:fs/promises';
import type { EventReport } from '../control/reports.ts';

/** What was added to a supervisor's log since the last look. */
export interface LogNews {
  readonly isAlive: boolean;
  readonly events: readonly EventReport[];
}

const mostAtOnceBytes = 1024 * 1024;

/** Reads what a process adds to the supervisor's log, from where the log ends now. */
export class LogTail {
  private readonly file: string;
  private readonly pid: number | undefined;
  private offset: number;
  private partial = '';
  private last = '';

  private constructor(file: string, pid: number | undefined, offset: number) {
    this.file = file;
    this.pid = pid;
    this.offset = offset;
  }

  static async sizeOf(file: string): Promise<number> {
    const handle = await open(file, 'r').catch(() => undefined);
    try {
      return (await handle?.stat())?.size ?? 0;
    } finally {
      await handle?.close();
    }
  }

  /** `from`: where the log ended before the process began. */
  static of(file: string, process: { readonly pid: number | undefined; readonly from: number }): LogTail {
    return new LogTail(file, process.pid, process.from);
  }

  /** The last line that the process wrote, as it stands in the log. */
  get lastWords(): string {
    return this.last;
  }

  /** A log that cannot be read now has no news. */
  async news(): Promise<LogNews> {
    const lines = await this.newLines().catch(() => []);
    const entries = lines.flatMap((line) => this.entryOf(line));
    const events = entries.flatMap(({ entry }) => eventOf(entry));
    const said = entries.at(-1);
    if (said !== undefined) this.last = said.line;
    return { isAlive: entries.length > 0, events };
  }

  private async newLines(): Promise<string[]> {
    const handle = await open(this.file, 'r');
    try {
      const { size } = await handle.stat();
      // It was rotated: what is there now is all new.
      if (size < this.offset) this.offset = 0;
      const buffer = Buffer.alloc(Math.min(mostAtOnceBytes, size - this.offset));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.offset);
      this.offset += bytesRead;
      const lines = (this.partial + buffer.toString('utf8', 0, bytesRead)).split('\n');
      this.partial = lines.pop() ?? '';
      return lines;
    } finally {
      await handle.close();
    }
  }

  private entryOf(line: string): { line: string; entry: Readonly<Record<string, unknown>> }[] {
    try {
      const entry: unknown = JSON.parse(line);
      if (typeof entry !== 'object' || entry === null) return [];
      const fields = entry as Readonly<Record<string, unknown>>;
      return fields.pid === this.pid ? [{ line, entry: fields }] : [];
    } catch {
      return [];
    }
  }
}

function eventOf({ msg, time, ...fields }: Readonly<Record<string, unknown>>): EventReport[] {
  if (msg !== 'event' || typeof fields.type !== 'string' || typeof time !== 'number') return [];
  return [{ ...fields, type: fields.type, seq: 0, atMs: time }];
}
