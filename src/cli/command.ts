import type { Services } from '../operations/services.ts';
import type { ValueSpec, ValuesOf } from './option.ts';
import type { Output } from './output/output.ts';

/** What every command is given. */
export interface CommandContext {
  readonly output: Output;
  /** Aborted by the first Ctrl-C or a signal to end; the reason is an `Interruption`. */
  readonly signal: AbortSignal;
  /** --home and --config as given; operations find the rest. */
  readonly home: string | undefined;
  readonly config: string | undefined;
  /** Everything that operations act through; loaded when it is asked for. */
  services(): Promise<Services>;
}

/** Why a command was told to end. */
export interface Interruption {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';
}

export type Specs = Readonly<Record<string, ValueSpec<unknown>>>;

export interface CommandInput<O, A> {
  readonly options: ValuesOf<O>;
  readonly args: ValuesOf<A>;
  /** All given values of the last argument, for those that repeat. */
  readonly rest: readonly string[];
}

export interface Example {
  readonly line: string;
  readonly what: string;
}

/** A command as help, completion and the reference know it. */
export interface Command {
  /** The words after `ephemery`. */
  readonly path: readonly string[];
  readonly summary: string;
  /** More than the summary, for its own help and page. */
  readonly description?: string;
  /** In the order in which they are written. */
  readonly args: Specs;
  /** By camelCase name; `keepData` is `--keep-data`. */
  readonly options: Specs;
  readonly examples: readonly Example[];
  /** Started by ourselves; not in help and completion. */
  readonly internal?: boolean;
  /** Returns the exit code, 0 when nothing is returned. */
  run(context: CommandContext, input: CommandInput<Specs, Specs>): Promise<number | undefined>;
}

interface Declaration<O extends Specs, A extends Specs> extends Omit<Command, 'args' | 'options' | 'run'> {
  readonly args?: A;
  readonly options?: O;
  run(context: CommandContext, input: CommandInput<O, A>): Promise<number | undefined>;
}

/** Declares a command; its options and arguments give `run` the types of their values. */
export function command<
  const O extends Specs = Record<never, never>,
  const A extends Specs = Record<never, never>,
>(declaration: Declaration<O, A>): Command {
  const { args, options, run, ...rest } = declaration;
  return {
    ...rest,
    args: args ?? {},
    options: options ?? {},
    run: (context, input) => run(context, input as CommandInput<O, A>),
  };
}

/** `keepData` as it is written: `--keep-data`. */
export function optionName(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
