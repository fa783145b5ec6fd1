/**
 * Takes lines that begin with a time, and tells which of them are new after the stream was cut and asked for again:
 * lines of one moment are told apart by counting them.
 */
export class ResumedLines {
  private lastNs = 0n;
  /** How many lines of that moment were given. */
  private given = 0;
  /** How many of them the present stream has repeated. */
  private repeated = 0;

  /** From which second on the stream is to be asked for; 0 is from the start. */
  get sinceSeconds(): number {
    return Number(this.lastNs / 1_000_000_000n);
  }

  /** The stream begins anew. */
  begin(): void {
    this.repeated = 0;
  }

  /** The line without its time; undefined when it was given before. */
  take(line: string): string | undefined {
    const space = line.indexOf(' ');
    const timeNs = nanosecondsOf(space < 0 ? line : line.slice(0, space));
    if (timeNs === undefined) return line;
    if (timeNs < this.lastNs) return undefined;
    if (timeNs === this.lastNs) {
      this.repeated += 1;
      if (this.repeated <= this.given) return undefined;
      this.given += 1;
    } else {
      this.lastNs = timeNs;
      this.given = 1;
      this.repeated = 1;
    }
    return space < 0 ? '' : line.slice(space + 1);
  }
}

/** RFC 3339 with up to nine digits after the point. */
function nanosecondsOf(text: string): bigint | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [, seconds = '', fraction = '', zone = 'Z'] = match;
  return BigInt(Date.parse(`${seconds}${zone}`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}
