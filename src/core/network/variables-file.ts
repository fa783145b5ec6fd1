import { networkErrors } from './errors.ts';

export interface Variable {
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

/** The content of a file like `values.env`, `retention.vars` or `nodevars_env.txt`. */
export interface VariablesFile {
  /** The name it was given, for messages. */
  readonly file: string;
  readonly variables: ReadonlyMap<string, Variable>;
}

export const variablesFileLimits = { characters: 1 << 20, variables: 2_000 } as const;

const assignment = /^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=/;

/**
 * Reads a shell-style file of variables as data: `[export] NAME=value` a line, values bare, in single or
 * double quotes or a mix, `#` comments, blank lines. What a shell would run or expand is refused, never
 * run; a name given twice keeps its last value, as in a shell.
 * Throws EPH-NETWORK-VARIABLES-SYNTAX with file and line.
 */
export function parseVariablesFile(file: string, text: string): VariablesFile {
  if (text.length > variablesFileLimits.characters) throw syntax(file, 1, 'the file is too long');
  const variables = new Map<string, Variable>();
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const match = assignment.exec(trimmed);
    if (match?.[1] === undefined) throw syntax(file, line, 'this is not an assignment');
    const read = readValue(trimmed.slice(match[0].length));
    if ('problem' in read) throw syntax(file, line, read.problem);
    variables.set(match[1], { value: read.value, line });
    if (variables.size > variablesFileLimits.variables)
      throw syntax(file, line, 'there are too many variables');
  }
  return { file, variables };
}

type ReadValue = { readonly value: string } | { readonly problem: string };

/** One shell word and what may follow it: nothing, or a comment after a space. */
function readValue(text: string): ReadValue {
  let value = '';
  let position = 0;
  while (position < text.length) {
    const character = text.charAt(position);
    if (character === ' ' || character === '\t') return endOfWord(value, text.slice(position));
    const part =
      character === "'"
        ? readSingleQuoted(text, position)
        : character === '"'
          ? readDoubleQuoted(text, position)
          : readBare(text, position);
    if ('problem' in part) return part;
    value += part.value;
    position = part.next;
  }
  return { value };
}

type ReadPart = { readonly value: string; readonly next: number } | { readonly problem: string };

function readSingleQuoted(text: string, start: number): ReadPart {
  const end = text.indexOf("'", start + 1);
  if (end < 0) return { problem: 'a quote is not closed' };
  return { value: text.slice(start + 1, end), next: end + 1 };
}

function readDoubleQuoted(text: string, start: number): ReadPart {
  let value = '';
  for (let i = start + 1; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '"') return { value, next: i + 1 };
    if (character === '$' || character === '`')
      return { problem: `${character} would be expanded by a shell` };
    const escaped = character === '\\' && '"\\$`'.includes(text.charAt(i + 1)) && i + 1 < text.length;
    if (escaped) i++;
    value += text.charAt(i);
  }
  return { problem: 'a quote is not closed' };
}

function readBare(text: string, start: number): ReadPart {
  const character = text.charAt(start);
  if ('$`;&|<>()'.includes(character)) return { problem: `${character} would be run or expanded by a shell` };
  if (character !== '\\') return { value: character, next: start + 1 };
  if (start + 1 >= text.length) return { problem: 'the line goes on in the next one' };
  return { value: text.charAt(start + 1), next: start + 2 };
}

function endOfWord(value: string, rest: string): ReadValue {
  const after = rest.trim();
  return after === '' || after.startsWith('#') ? { value } : { problem: 'words follow the value' };
}

function syntax(file: string, line: number, problem: string): Error {
  return networkErrors.create('EPH-NETWORK-VARIABLES-SYNTAX', { file, line, problem });
}
