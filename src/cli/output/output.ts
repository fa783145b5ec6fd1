import { plainText } from './plain-text.ts';
import { type Style, styleFor } from './style.ts';

interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly env: NodeJS.ProcessEnv;
}

/** Something that a person should mend, and that hinders nothing now. */
export interface Warning {
  readonly file: string;
  readonly message: string;
  readonly remedy: string;
}

/**
 * The two ways a command speaks: results on standard output, as text or as JSON; what is said meanwhile
 * on standard error, as text, and only when it was not asked for JSON.
 */
export class Output {
  readonly json: boolean;
  readonly style: Style;
  readonly errorStyle: Style;
  /** True when somebody watches: live views and questions make sense. */
  readonly interactive: boolean;
  private readonly options: OutputOptions;
  private readonly warnings: Warning[] = [];

  constructor(options: OutputOptions) {
    this.options = options;
    this.json = options.json;
    this.style = styleFor(options.stdout, options.env);
    this.errorStyle = styleFor(options.stderr, options.env);
    this.interactive = !options.json && options.stdout.isTTY === true && options.env.TERM !== 'dumb';
  }

  get columns(): number {
    return this.options.stdout.columns ?? 100;
  }

  /** The result of the command: the value as JSON, or the text for people. */
  result(value: unknown, human: () => string): void {
    this.write(this.json ? JSON.stringify(this.withWarnings(value)) : human());
  }

  /** Said once, on standard error; with JSON among the result's `warnings`, so that standard error stays for errors. */
  warn(warning: Warning): void {
    if (this.warnings.some(({ message }) => message === warning.message)) return;
    this.warnings.push(warning);
    const { message, remedy } = warning;
    this.note(`${this.errorStyle.warning(plainText(message))}\n  ${plainText(remedy)}`);
  }

  /** One of a stream of values: one line each, as JSON or as text. */
  item(value: unknown, human: () => string | undefined): void {
    const text = this.json ? JSON.stringify(value) : human();
    if (text !== undefined) this.write(text);
  }

  /** A word to whoever watches; nothing a script needs. */
  note(text: string): void {
    if (!this.json) this.writeError(text);
  }

  /** Text that came from elsewhere (a client's log), line breaks and control sequences made harmless. */
  foreign(text: string): string {
    return plainText(text);
  }

  /** Raw, for live views. */
  draw(text: string): void {
    this.options.stdout.write(text);
  }

  /** One line (or block) on standard error, whatever the mode: errors go through here. */
  writeError(text: string): void {
    this.options.stderr.write(`${text}\n`);
  }

  private withWarnings(value: unknown): unknown {
    const mayHave = typeof value === 'object' && value !== null && !Array.isArray(value);
    return this.warnings.length === 0 || !mayHave ? value : { ...value, warnings: this.warnings };
  }

  private write(text: string): void {
    this.options.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  }
}
