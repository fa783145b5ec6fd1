import { durationForm, parseDuration } from '../base/duration.ts';
import { cliErrors } from './errors.ts';

/** One option of a command, or one of its arguments. `T` is what the command gets. */
export interface ValueSpec<T> {
  readonly description: string;
  /** What stands for the value in help texts; absent for a switch. */
  readonly placeholder?: string;
  readonly choices?: readonly string[];
  /** As help texts and the reference show it. */
  readonly defaultText?: string;
  /** What a shell should offer. */
  readonly completes?: 'file' | 'folder' | 'node';
  /** True when it may be given more than once. */
  readonly repeats?: boolean;
  /** From the texts that were given: none when it was absent. Throws EPH-CLI-VALUE. */
  read(texts: readonly string[], name: string): T;
}

export type ValuesOf<S> = { readonly [K in keyof S]: S[K] extends ValueSpec<infer T> ? T : never };

interface Form<T> {
  readonly placeholder: string;
  readonly expects: string;
  readonly parse: (text: string) => T | undefined;
}

/** On when given. */
export function flag(description: string): ValueSpec<boolean> {
  return { description, read: (texts) => texts.length > 0 };
}

type More = Pick<ValueSpec<unknown>, 'completes' | 'choices'>;

export function text(
  placeholder: string,
  description: string,
  more: More = {},
): ValueSpec<string | undefined> {
  return { ...more, ...optional(description, { placeholder, expects: 'text', parse: (given) => given }) };
}

/** Any number of texts, each given with the option's name before it. */
export function texts(
  placeholder: string,
  description: string,
  more: More = {},
): ValueSpec<readonly string[]> {
  return { ...more, description, placeholder, repeats: true, read: (given) => given };
}

export function requiredText(placeholder: string, description: string, more: More = {}): ValueSpec<string> {
  return required(text(placeholder, description, more));
}

/** A longer one would push every description of a help text out of sight. */
const longestPlaceholder = 40;

/** One of these words. */
export function choice<const W extends string>(
  words: readonly W[],
  description: string,
): ValueSpec<W | undefined> {
  const parse = (given: string) => words.find((word) => word === given);
  const listed = words.join('|');
  const long = listed.length > longestPlaceholder;
  const form = { placeholder: long ? 'name' : listed, expects: `one of ${words.join(', ')}`, parse };
  const described = long ? `${description} One of ${words.join(', ')}.` : description;
  return { ...optional(described, form), choices: words };
}

/** Text of a certain form; `expects` says which in words. */
export function formed(
  placeholder: string,
  description: string,
  { pattern, expects }: { readonly pattern: RegExp; readonly expects: string },
): ValueSpec<string | undefined> {
  const parse = (given: string) => (pattern.test(given) ? given : undefined);
  return optional(description, { placeholder, expects, parse });
}

/** The address of a service that is asked over HTTP. */
export function httpUrl(description: string): ValueSpec<string | undefined> {
  return formed('url', description, { pattern: /^https?:\/\/[^\s]+$/, expects: 'an http or https address' });
}

/** Milliseconds. */
export function duration(description: string): ValueSpec<number | undefined> {
  return optional(description, { placeholder: 'duration', expects: durationForm, parse: parseDuration });
}

export function integer(
  description: string,
  { least, most = Number.MAX_SAFE_INTEGER }: { least: number; most?: number },
): ValueSpec<number | undefined> {
  const parse = (given: string) => {
    const value = /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  };
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  return optional(description, { placeholder: 'number', expects: `a whole number ${range}`, parse });
}

/** A share from 0 to 1, written as one or as a percentage. */
export function share(description: string): ValueSpec<number | undefined> {
  const parse = (given: string) => {
    const match = /^(\d{1,3}(?:\.\d+)?)(%?)$/.exec(given);
    const value = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
    return value >= 0 && value <= 1 ? value : undefined;
  };
  return optional(description, { placeholder: 'share', expects: 'a share such as 0.25 or 25%', parse });
}

/** The same with a value when it is not given. */
export function withDefault<T>(
  spec: ValueSpec<T | undefined>,
  value: T,
  defaultText = String(value),
): ValueSpec<T> {
  return { ...spec, defaultText, read: (texts, name) => spec.read(texts, name) ?? value };
}

/** The same, and an error when it is not given. */
export function required<T>(spec: ValueSpec<T | undefined>): ValueSpec<T> {
  return {
    ...spec,
    read: (texts, name) => {
      const value = spec.read(texts, name);
      if (value === undefined) throw cliErrors.create('EPH-CLI-MISSING', { name });
      return value;
    },
  };
}

function optional<T>(
  description: string,
  { placeholder, expects, parse }: Form<T>,
): ValueSpec<T | undefined> {
  return {
    description,
    placeholder,
    read: (texts, name) => {
      const given = texts.at(-1);
      if (given === undefined) return undefined;
      const value = parse(given);
      if (value === undefined) throw cliErrors.create('EPH-CLI-VALUE', { name, given, expects });
      return value;
    },
  };
}
