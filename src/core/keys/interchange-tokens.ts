/** What a stream of JSON consists of, in order. Scalars come as text; `quoted` says whether as a string. */
export interface JsonHandler {
  open(kind: 'object' | 'array'): void;
  close(): void;
  key(name: string): void;
  scalar(text: string, quoted: boolean): void;
}

export interface TokenLimits {
  readonly depth: number;
  /** Of one string, number or name. */
  readonly tokenBytes: number;
}

type Expecting = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

const quote = 0x22;
const backslash = 0x5c;
const scalarForm = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/** The text is not JSON, or not within the limits. */
export class JsonSyntaxError extends SyntaxError {
  readonly atByte: number;

  constructor(problem: string, atByte: number) {
    super(problem);
    this.atByte = atByte;
  }
}

/**
 * Reads JSON piece by piece, in memory that depends on the limits and not on the length of the text: whatever
 * comes is either handed on or refused at once. Throws JsonSyntaxError.
 */
export class JsonTokens {
  private readonly handler: JsonHandler;
  private readonly limits: TokenLimits;
  private readonly stack: ('object' | 'array')[] = [];
  private expecting: Expecting = 'value';
  private token: 'none' | 'string' | 'bare' = 'none';
  private begun: Buffer[] = [];
  private begunBytes = 0;
  private escaped = false;
  private plain = true;
  private offset = 0;

  constructor(handler: JsonHandler, limits: TokenLimits) {
    this.handler = handler;
    this.limits = limits;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.token === 'string') at = this.readString(chunk, at);
      else if (this.token === 'bare') at = this.readBare(chunk, at);
      else at = this.readSymbol(chunk, at);
    }
    this.offset += chunk.length;
  }

  end(): void {
    if (this.token === 'bare') this.endBare();
    if (this.expecting !== 'nothing' || this.token !== 'none') throw this.wrong('it ends in the middle', 0);
  }

  /** About where in the text the last piece ended, for messages. */
  get atByte(): number {
    return this.offset;
  }

  private readSymbol(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? 0;
    // Space, tab, line feed, carriage return.
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return at + 1;
    if (byte === quote) this.beginString(at);
    else if (byte === 0x7b) this.open('object', at);
    else if (byte === 0x5b) this.open('array', at);
    else if (byte === 0x7d) this.close('object', at);
    else if (byte === 0x5d) this.close('array', at);
    else if (byte === 0x2c) this.comma(at);
    else if (byte === 0x3a) this.colon(at);
    else return this.beginBare(at);
    return at + 1;
  }

  private beginString(at: number): void {
    if (this.expecting === 'colon' || this.expecting === 'comma-or-end' || this.expecting === 'nothing')
      throw this.wrong('a string stands where none belongs', at);
    this.token = 'string';
    this.escaped = false;
    this.plain = true;
  }

  private readString(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.escaped) this.escaped = false;
      else if (byte === quote) {
        this.endString(this.textOf(chunk, from, at));
        return at + 1;
      } else if (byte === backslash) {
        this.escaped = true;
        this.plain = false;
      } else if (byte < 0x20) throw this.wrong('a string has a control character in it', at);
      else if (byte > 0x7e) this.plain = false;
    }
    this.keep(chunk.subarray(from));
    return chunk.length;
  }

  private endString(raw: string): void {
    this.token = 'none';
    const text = this.plain ? raw : this.unescaped(raw);
    if (this.expecting === 'key' || this.expecting === 'key-or-end') {
      this.expecting = 'colon';
      this.handler.key(text);
    } else {
      this.afterValue();
      this.handler.scalar(text, true);
    }
  }

  private unescaped(raw: string): string {
    try {
      return JSON.parse(`"${Buffer.from(raw, 'latin1').toString('utf8')}"`) as string;
    } catch {
      throw this.wrong('a string has an unknown escape in it', 0);
    }
  }

  private beginBare(at: number): number {
    if (this.expecting !== 'value' && this.expecting !== 'value-or-end')
      throw this.wrong('it is not JSON', at);
    this.token = 'bare';
    return at;
  }

  private readBare(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length && !endsBare(chunk[at] ?? 0)) at += 1;
    this.keep(chunk.subarray(from, at));
    if (at < chunk.length) this.endBare();
    return at;
  }

  private endBare(): void {
    this.token = 'none';
    const text = this.textOf(Buffer.alloc(0), 0, 0);
    if (!scalarForm.test(text)) throw this.wrong('it is not JSON', 0);
    this.afterValue();
    this.handler.scalar(text, false);
  }

  /** The token that ends here, bytes as characters. */
  private textOf(chunk: Buffer, from: number, to: number): string {
    if (this.begun.length === 0) {
      if (to - from > this.limits.tokenBytes) throw this.wrong('a string in it is too long', to);
      return chunk.toString('latin1', from, to);
    }
    this.keep(chunk.subarray(from, to));
    const text = Buffer.concat(this.begun).toString('latin1');
    this.begun = [];
    this.begunBytes = 0;
    return text;
  }

  private keep(part: Buffer): void {
    this.begunBytes += part.length;
    if (this.begunBytes > this.limits.tokenBytes) throw this.wrong('a string in it is too long', 0);
    this.begun.push(Buffer.from(part));
  }

  private open(kind: 'object' | 'array', at: number): void {
    if (this.expecting !== 'value' && this.expecting !== 'value-or-end')
      throw this.wrong('a bracket stands where none belongs', at);
    if (this.stack.length >= this.limits.depth) throw this.wrong('it is nested too deep', at);
    this.stack.push(kind);
    this.expecting = kind === 'object' ? 'key-or-end' : 'value-or-end';
    this.handler.open(kind);
  }

  private close(kind: 'object' | 'array', at: number): void {
    const mayEnd =
      this.expecting === 'comma-or-end' ||
      this.expecting === (kind === 'object' ? 'key-or-end' : 'value-or-end');
    if (!mayEnd || this.stack.pop() !== kind) throw this.wrong('a bracket closes what is not open', at);
    this.afterValue();
    this.handler.close();
  }

  private comma(at: number): void {
    if (this.expecting !== 'comma-or-end') throw this.wrong('a comma stands where none belongs', at);
    this.expecting = this.stack.at(-1) === 'object' ? 'key' : 'value';
  }

  private colon(at: number): void {
    if (this.expecting !== 'colon') throw this.wrong('a colon stands where none belongs', at);
    this.expecting = 'value';
  }

  private afterValue(): void {
    this.expecting = this.stack.length === 0 ? 'nothing' : 'comma-or-end';
  }

  private wrong(problem: string, at: number): JsonSyntaxError {
    return new JsonSyntaxError(problem, this.offset + at);
  }
}

function endsBare(byte: number): boolean {
  return (
    byte <= 0x20 ||
    byte === 0x2c ||
    byte === 0x3a ||
    byte === quote ||
    byte === 0x5b ||
    byte === 0x5d ||
    byte === 0x7b ||
    byte === 0x7d
  );
}
