import { CommanderError } from 'commander';
import type { Services } from '../operations/services.ts';
import type { Command, CommandContext, CommandInput, Specs } from './command.ts';
import { optionName } from './command.ts';
import { cliErrors } from './errors.ts';
import { exitCodes } from './exit-codes.ts';
import { globalOptions, type logLevels } from './global-options.ts';
import { interruptedCode } from './interrupted-code.ts';
import { errorJson, errorText } from './output/error-text.ts';
import { Output } from './output/output.ts';
import { buildProgram, type Invocation } from './program.ts';

export interface GlobalValues {
  readonly home: string | undefined;
  readonly config: string | undefined;
  readonly json: boolean;
  readonly logLevel: (typeof logLevels)[number] | undefined;
}

export interface CliHost {
  readonly version: string;
  readonly commands: readonly Command[];
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted by the first signal to end. */
  readonly signal: AbortSignal;
  /** `onWait` is told what a command waits for before it is done. */
  services(globals: GlobalValues, onWait: (why: string) => void): Promise<Services>;
}

/** Runs one command line (without node and script) to its end. Never throws: errors are printed. */
export async function runCli(argv: readonly string[], host: CliHost): Promise<number> {
  const { stdout, stderr, env } = host;
  // Before the command line is understood there is only its look to go by.
  let output = new Output({ json: argv.includes('--json'), stdout, stderr, env });
  try {
    const invocation = parse(argv, host);
    if (typeof invocation === 'number') return invocation;
    const globals = readGlobals(invocation);
    output = new Output({ json: globals.json, stdout, stderr, env });
    const context: CommandContext = {
      ...globals,
      output,
      signal: host.signal,
      services: () => host.services(globals, (why) => output.note(why)),
    };
    const code = await invocation.command.run(context, readInput(invocation));
    return code ?? (host.signal.aborted ? interruptedCode(host.signal) : exitCodes.ok.code);
  } catch (thrown) {
    if (host.signal.aborted && isAbort(thrown, host.signal)) return interruptedCode(host.signal);
    output.writeError(output.json ? JSON.stringify(errorJson(thrown)) : errorText(thrown, output.errorStyle));
    return exitCodeOf(thrown);
  }
}

/** What was asked for; a number when help or the version was, and has been printed. */
function parse(argv: readonly string[], host: CliHost): Invocation | number {
  let invocation: Invocation | undefined;
  // Help in place of a command is for people; a program gets an error as from everything else.
  const isJson = argv.includes('--json');
  const program = buildProgram({
    commands: host.commands,
    version: host.version,
    columns: Math.min(host.stdout.columns ?? 100, 120),
    found: (given) => {
      invocation = given;
    },
    write: {
      out: (text) => host.stdout.write(text),
      error: (text) => {
        if (!isJson) host.stderr.write(text);
      },
    },
  });
  try {
    program.parse([...argv], { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    if (cause.code === 'commander.helpDisplayed' || cause.code === 'commander.version')
      return exitCodes.ok.code;
    if (cause.code === 'commander.help' && !isJson) return exitCodes.usage.code;
    throw cliErrors.create('EPH-CLI-USAGE', {
      problem: cause.code === 'commander.help' ? 'A command is missing.' : problemOf(cause),
      command: asked(argv, host.commands),
    });
  }
  return invocation ?? exitCodes.usage.code;
}

function problemOf({ message }: CommanderError): string {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?)]$/.test(text) ? '' : '.'}`;
}

/** The command that a line which could not be parsed was meant for, for `… --help`. */
function asked(argv: readonly string[], commands: readonly Command[]): string {
  const valued = Object.entries(globalOptions).filter(([, { placeholder }]) => placeholder !== undefined);
  const names = valued.map(([key]) => optionName(key));
  const words = argv.filter((word, at) => !word.startsWith('-') && !names.includes(argv[at - 1] ?? ''));
  const known = [3, 2, 1].map((length) => words.slice(0, length).join(' '));
  const path = known.find((start) =>
    commands.some((command) => `${command.path.join(' ')} `.startsWith(`${start} `)),
  );
  return ['ephemery', ...(path === undefined || path === '' ? [] : [path])].join(' ');
}

function readGlobals({ globals }: Invocation): GlobalValues {
  return {
    home: globalOptions.home.read(globals.home ?? [], '--home'),
    config: globalOptions.config.read(globals.config ?? [], '--config'),
    json: globalOptions.json.read(globals.json ?? [], '--json'),
    logLevel: globalOptions.logLevel.read(globals.logLevel ?? [], '--log-level'),
  };
}

function readInput({ command, options, args }: Invocation): CommandInput<Specs, Specs> {
  const texts = args.map((given) => (given === undefined ? [] : [given].flat()));
  const read = (
    specs: Specs,
    given: (key: string, index: number) => readonly string[],
    name: (key: string) => string,
  ) =>
    Object.fromEntries(
      Object.entries(specs).map(([key, spec], index) => [key, spec.read(given(key, index), name(key))]),
    );
  return {
    options: read(command.options, (key) => options[key] ?? [], optionName),
    args: read(
      command.args,
      (_key, index) => texts[index] ?? [],
      (key) => key,
    ),
    rest: texts.at(-1) ?? [],
  };
}

function isAbort(thrown: unknown, signal: AbortSignal): boolean {
  return thrown === signal.reason || (thrown instanceof Error && thrown.name === 'AbortError');
}

function exitCodeOf(thrown: unknown): number {
  const { exitCode } = thrown as { exitCode?: unknown };
  return typeof exitCode === 'number' ? exitCode : exitCodes.error.code;
}
