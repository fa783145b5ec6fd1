import { Command as CommanderCommand, Option } from 'commander';
import { type Command, optionName, type Specs } from './command.ts';
import { globalOptions } from './global-options.ts';
import { groupSummaries } from './group-summaries.ts';
import type { ValueSpec } from './option.ts';

/** The texts that were given, by option or argument; `read` of its specification makes values of them. */
export interface Invocation {
  readonly command: Command;
  readonly options: Readonly<Record<string, readonly string[]>>;
  readonly globals: Readonly<Record<string, readonly string[]>>;
  readonly args: readonly (string | readonly string[] | undefined)[];
}

export interface ProgramOptions {
  readonly commands: readonly Command[];
  readonly version: string;
  readonly columns: number;
  readonly found: (invocation: Invocation) => void;
  readonly write: { readonly out: (text: string) => void; readonly error: (text: string) => void };
}

/** The command tree for the parser. Parsing calls `found` with what was given; nothing runs yet. */
export function buildProgram(options: ProgramOptions): CommanderCommand {
  const program = new CommanderCommand('ephemery')
    .description('Runs nodes on Ethereum networks that reset, and keeps them running through every reset.')
    .version(options.version, '--version', 'Print the version and end.')
    .helpOption('--help', 'Show this help and end.')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, helpWidth: options.columns });
  settle(program, options);
  addOptions(program, globalOptions);
  for (const command of options.commands) addCommand(program, command, options);
  return program;
}

function addCommand(program: CommanderCommand, command: Command, options: ProgramOptions): void {
  const parent = command.path
    .slice(0, -1)
    .reduce((at, _word, depth, words) => groupOf(at, words.slice(0, depth + 1), options), program);
  const name = command.path.at(-1) ?? '';
  const made = new CommanderCommand(name)
    .summary(command.summary)
    .description([`${command.summary}.`, command.description ?? ''].join('\n').trim())
    .helpOption('--help', 'Show this help and end.')
    .configureHelp({
      showGlobalOptions: true,
      helpWidth: options.columns,
      // Those of a command above this one, as `reset` is of `reset hold`, are not for this one.
      visibleGlobalOptions: () => [...program.options],
    });
  settle(made, options);
  addArguments(made, command.args);
  addOptions(made, command.options);
  if (command.examples.length > 0) made.addHelpText('after', examplesText(command));
  made.action((...given: unknown[]) => {
    const args = given.slice(0, -2) as (string | string[] | undefined)[];
    refuseOptionsOfOthers(made, command);
    options.found({ command, args, options: textsOf(made, command.options), globals: globalTexts(program) });
  });
  parent.addCommand(made, { hidden: command.internal === true });
}

/** A word that only groups: `network` in `network show`. A command of that name may be there already. */
function groupOf(
  parent: CommanderCommand,
  path: readonly string[],
  options: ProgramOptions,
): CommanderCommand {
  const word = path.at(-1) ?? '';
  const found = parent.commands.find((candidate) => candidate.name() === word);
  if (found !== undefined) return found;
  const summary = groupSummaries[path.join(' ')] ?? `Commands about ${word}`;
  const group = new CommanderCommand(word)
    .summary(summary)
    .description(`${summary}.`)
    .helpOption('--help', 'Show this help and end.')
    .helpCommand(false)
    .configureHelp({ helpWidth: options.columns });
  settle(group, options);
  parent.addCommand(group);
  return group;
}

/** Never lets the library end the process or write by itself. */
function settle(program: CommanderCommand, { write }: ProgramOptions): void {
  program.exitOverride().showSuggestionAfterError(true);
  program.configureOutput({ writeOut: write.out, writeErr: write.error, outputError: () => undefined });
}

function addArguments(program: CommanderCommand, specs: Specs): void {
  for (const [name, spec] of Object.entries(specs)) {
    const shown = spec.repeats === true ? `${name}...` : name;
    program.argument(isRequired(spec) ? `<${shown}>` : `[${shown}]`, spec.description);
  }
}

function addOptions(program: CommanderCommand, specs: Specs): void {
  for (const [key, spec] of Object.entries(specs)) {
    const value = spec.placeholder === undefined ? '' : ` <${spec.placeholder}>`;
    const suffix = spec.defaultText === undefined ? '' : ` (default: ${spec.defaultText})`;
    const option = new Option(`${optionName(key)}${value}`, `${spec.description}${suffix}`);
    // A switch called --no-x is one of that name to us, not the absence of x.
    option.negate = false;
    if (spec.placeholder !== undefined) {
      option.argParser((text: string, texts: readonly string[] | undefined) => [...(texts ?? []), text]);
    }
    program.addOption(option);
  }
}

/** What a specification says of nothing at all tells whether it must be given. */
function isRequired(spec: ValueSpec<unknown>): boolean {
  try {
    spec.read([], '');
    return false;
  } catch {
    return true;
  }
}

/** The parser gives an option to the outermost command that knows it: `keys backup` takes it before `keys backup list` does. */
function takenByParents(program: CommanderCommand): Record<string, unknown> {
  const { parent } = program;
  if (parent === null || parent.parent === null) return {};
  return { ...takenByParents(parent), ...parent.opts<Record<string, unknown>>() };
}

/** An option that only a command above this one has is unknown here. */
function refuseOptionsOfOthers(program: CommanderCommand, { options }: Command): void {
  const stranger = Object.keys(takenByParents(program)).find((key) => !(key in options));
  if (stranger === undefined) return;
  program.error(`error: unknown option '${optionName(stranger)}'`, { code: 'commander.unknownOption' });
}

function textsOf(program: CommanderCommand, specs: Specs): Record<string, readonly string[]> {
  const given = { ...takenByParents(program), ...program.opts<Record<string, unknown>>() };
  return Object.fromEntries(Object.keys(specs).map((key) => [key, asTexts(given[key])]));
}

function globalTexts(program: CommanderCommand): Record<string, readonly string[]> {
  return textsOf(program, globalOptions);
}

function asTexts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return value === true ? ['true'] : [];
}

function examplesText({ examples }: Command): string {
  const lines = examples.flatMap(({ line, what }) => [`  ${what}`, `    $ ephemery ${line}`]);
  return ['', 'Examples:', ...lines].join('\n');
}
