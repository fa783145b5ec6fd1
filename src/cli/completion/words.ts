import { type Command, optionName, type Specs } from '../command.ts';
import { globalOptions } from '../global-options.ts';

/** What may follow a place on the command line. */
export interface CompletionPlace {
  /** The words before: `network`, or none at the beginning. */
  readonly path: readonly string[];
  readonly words: readonly Word[];
  readonly options: readonly OptionWord[];
  /** What the arguments of the command here may be, where that is known. */
  readonly argumentWords: readonly string[];
}

export interface Word {
  readonly text: string;
  readonly summary: string;
}

export interface OptionWord extends Word {
  readonly takesValue: boolean;
  readonly choices: readonly string[];
  readonly completes?: 'file' | 'folder' | 'node';
}

/** Every place of the command tree with what may follow there; the shells' scripts are made from it. */
export function completionPlaces(commands: readonly Command[]): readonly CompletionPlace[] {
  const shown = commands.filter(({ internal }) => internal !== true);
  const paths = new Map<string, readonly string[]>([['', []]]);
  for (const { path } of shown) {
    for (let length = 1; length <= path.length; length += 1) {
      paths.set(path.slice(0, length).join(' '), path.slice(0, length));
    }
  }
  return [...paths.values()].map((path) => placeAt(path, shown));
}

function placeAt(path: readonly string[], commands: readonly Command[]): CompletionPlace {
  const here = commands.find((command) => sameWords(command.path, path));
  const below = commands.filter(
    (command) => command.path.length > path.length && sameWords(command.path.slice(0, path.length), path),
  );
  const words = new Map<string, string>();
  for (const command of below) {
    const word = command.path[path.length] ?? '';
    if (!words.has(word) || command.path.length === path.length + 1) words.set(word, command.summary);
  }
  return {
    path,
    words: [...words].map(([text, summary]) => ({ text, summary })),
    options: [...optionWords(here?.options ?? {}), ...optionWords(globalOptions)],
    argumentWords: Object.values(here?.args ?? {}).flatMap(({ choices }) => choices ?? []),
  };
}

function optionWords(specs: Specs): OptionWord[] {
  return Object.entries(specs).map(([key, spec]) => ({
    text: optionName(key),
    summary: spec.description,
    takesValue: spec.placeholder !== undefined,
    choices: spec.choices ?? [],
    ...(spec.completes === undefined ? {} : { completes: spec.completes }),
  }));
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, index) => word === b[index]);
}
