import { commands } from '../../src/app/registries/commands.ts';
import { type Command, optionName, type Specs } from '../../src/cli/command.ts';
import { globalOptions } from '../../src/cli/global-options.ts';
import type { ValueSpec } from '../../src/cli/option.ts';
import { code, type Page, table } from './page.ts';

export const commandsPage: Page = {
  file: 'commands.md',
  title: 'Commands',
  render: async () =>
    [
      'Every command takes these options, before or after its name:',
      optionTable(globalOptions),
      'Also `--version` and `--help`. What a command ends with: [exit codes](exit-codes.md).',
      ...commands.filter(({ internal }) => internal !== true).map(section),
    ].join('\n\n'),
};

function section(command: Command): string {
  const { path, summary, description, args, options, examples } = command;
  return [
    `## ephemery ${path.join(' ')}`,
    `${summary}.${description === undefined ? '' : ` ${description}`}`,
    fenced(`ephemery ${usage(command)}`, 'text'),
    ...(hasAny(args) ? [argumentTable(args)] : []),
    ...(hasAny(options) ? [optionTable(options)] : []),
    ...examples.flatMap(({ line, what }) => [`${what}:`, fenced(`ephemery ${line}`, 'sh')]),
  ].join('\n\n');
}

function usage({ path, args, options }: Command): string {
  const named = Object.entries(args).map(([name, spec]) => {
    const shown = spec.repeats === true ? `${name}...` : name;
    return isRequired(spec) ? `<${shown}>` : `[${shown}]`;
  });
  return [...path, ...named, ...(hasAny(options) ? ['[options]'] : [])].join(' ');
}

function argumentTable(specs: Specs): string {
  return table(
    ['argument', 'what it is'],
    Object.entries(specs).map(([name, spec]) => [code(name), spec.description]),
  );
}

function optionTable(specs: Specs): string {
  return table(
    ['option', 'default', 'what it does'],
    Object.entries(specs).map(([key, spec]) => [
      code(`${optionName(key)}${spec.placeholder === undefined ? '' : ` <${spec.placeholder}>`}`),
      isRequired(spec) ? 'required' : (spec.defaultText ?? ''),
      spec.description,
    ]),
  );
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

function hasAny(specs: Specs): boolean {
  return Object.keys(specs).length > 0;
}

function fenced(line: string, language: string): string {
  return [`\`\`\`${language}`, line, '```'].join('\n');
}
