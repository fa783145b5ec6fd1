import type { z } from 'zod';
import { configSchema } from '../../config/schema.ts';
import { elementOf, keysOf } from '../../config/schema-shape.ts';
import { isSwitch } from './known-secrets.ts';

const shown = '[redacted]';
const secretKey = /passw|passphrase|secret|token|api[_-]?key|mnemonic|seed|private/i;
/** Maps whose values are the user's own business, whatever they are called. */
const secretMaps: ReadonlySet<string> = new Set(['env']);
const commandLines: ReadonlySet<string> = new Set(['args', 'command']);

/**
 * A configuration with what may be secret taken out: values of the environment, values of arguments, everything of
 * an address but its host, what is called a secret. Names, versions, ports and numbers stay.
 */
export function redactedConfig(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return secretKey.test(key) ? shown : redactedText(value);
  if (Array.isArray(value)) {
    return commandLines.has(key)
      ? redactedCommand(value, key)
      : value.map((each) => redactedConfig(each, key));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      secretMaps.has(key) ? shown : redactedConfig(inner, name),
    ]),
  );
}

/** The same of what was refused, as YAML reads it: nobody knows what stands under a key that is none, or in the place of others. */
export function redactedRefusal(value: unknown, schema: z.ZodType = configSchema): unknown {
  return redactedConfig(knownParts(value, schema));
}

function knownParts(value: unknown, schema: z.ZodType): unknown {
  const keys = keysOf(schema);
  const element = elementOf(schema);
  if (Array.isArray(value))
    return element === undefined ? shown : value.map((each) => knownParts(each, element));
  if (typeof value !== 'object' || value === null)
    return keys.size === 0 && element === undefined ? value : shown;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const child = keys.get(name) ?? element;
      return [name, child === undefined ? shown : knownParts(inner, child)];
    }),
  );
}

/** Shorter ones are taken out where they stand: elsewhere the same letters are something else. */
const leastKnownLength = 4;

/** The words of a configuration that must not be seen anywhere else: in logs, in errors, in the lock file. */
export function secretsOf(value: unknown): string[] {
  return wordsOf(value, '').filter((word) => word.length >= leastKnownLength);
}

function wordsOf(value: unknown, key: string): string[] {
  if (typeof value === 'string') return secretKey.test(key) ? [value] : secretsOfUrl(value);
  if (Array.isArray(value)) {
    return commandLines.has(key)
      ? value.flatMap((each, index) =>
          index === 0 && key === 'command' ? [] : secretsOfArgument(String(each)),
        )
      : value.flatMap((each) => wordsOf(each, key));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    secretMaps.has(key) ? [String(inner)].filter((word) => !isSwitch(word)) : wordsOf(inner, name),
  );
}

function redactedText(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(text)) return text;
  const { protocol, host, pathname, search } = new URL(text);
  return `${protocol}//${host}${pathname === '/' && search === '' ? '' : `/${shown}`}`;
}

/** The program's name and the names of flags say enough. */
function redactedCommand(words: readonly unknown[], key: string): unknown[] {
  return words.map((word, index) => {
    if (index === 0 && key === 'command') return word;
    const flag = /^(--?[A-Za-z][\w.-]*)(=.*)?$/s.exec(String(word));
    if (flag === null) return shown;
    return flag[2] === undefined ? flag[1] : `${flag[1]}=${shown}`;
  });
}

function secretsOfArgument(argument: string): string[] {
  const value = /^--?[A-Za-z][\w.-]*(?:=(.*))?$/s.exec(argument);
  const text = value === null ? argument : value[1];
  return text === undefined || isHarmless(text) ? [] : [text, ...secretsOfUrl(text)];
}

/** Words that say nothing, and would be missed in a log. */
function isHarmless(text: string): boolean {
  return /^(?:\d{1,8}|true|false|debug|info|warn|error|[a-z]{1,10})$/i.test(text);
}

function secretsOfUrl(text: string): string[] {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(text)) return [];
  const { username, password, pathname, search } = new URL(text);
  const path = pathname === '/' ? [] : [pathname, ...pathname.split('/').filter((part) => part.length >= 16)];
  const plain = [username, password].flatMap((part) => (part === '' ? [] : [part, decodeURIComponent(part)]));
  return [...plain, ...path, ...(search === '' ? [] : [search, ...new URLSearchParams(search).values()])];
}
