import type { z } from 'zod';
import type { ConfigDocument } from './document.ts';
import type { ConfigProblem } from './errors.ts';
import { keysOf, schemaAt, shapeOf } from './schema-shape.ts';

type Issue = z.core.$ZodIssue;

/** What the schema found wrong, each with its place and what to do about it, in the order of the file. */
export function problemsOf(
  issues: readonly Issue[],
  schema: z.ZodType,
  source: ConfigDocument,
): readonly ConfigProblem[] {
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownKey([...issue.path, key], schema, source))
      : [],
  );
  // A misspelt key is also a missing one: telling it once is enough.
  const meant = new Set(unknown.flatMap(({ meantPath }) => meantPath ?? []));
  const others = issues
    .filter((issue) => issue.code !== 'unrecognized_keys' && !meant.has(formatKeyPath(issue.path)))
    .map((issue) => valueProblem(issue, schema, source));
  return [...unknown.map(({ problem }) => problem), ...others].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  );
}

function valueProblem(issue: Issue, schema: z.ZodType, source: ConfigDocument): ConfigProblem {
  const isMissing = issue.input === undefined && issue.path.length > 0 && issue.code !== 'invalid_key';
  const isName = issue.code === 'invalid_key';
  const text = isName ? (issue.issues[0]?.message ?? issue.message) : plainText(issue);
  return {
    ...source.position(issue.path, isName ? 'key' : 'value'),
    keyPath: formatKeyPath(issue.path),
    problem: isMissing ? 'is missing' : text.replace(/^Invalid (input|option|discriminator value)[:.] /, ''),
    remedy: isName ? 'Choose another name.' : remedyAt(issue.path, schema, isMissing),
  };
}

/** Sizes in a plain sentence where the schema gives none of its own. */
function plainText(issue: Issue): string {
  const { code, message } = issue;
  const isSize = code === 'too_small' || code === 'too_big';
  if (!isSize || !message.startsWith('Too ')) return message;
  const bound = code === 'too_small' ? issue.minimum : issue.maximum;
  if (code === 'too_small' && bound === 1 && issue.origin !== 'number' && issue.origin !== 'int')
    return 'must not be empty';
  const most = code === 'too_small' ? 'at least' : 'at most';
  const things: Record<string, string> = { array: ' entries', string: ' characters' };
  const has = things[issue.origin];
  return has === undefined ? `must be ${most} ${bound}` : `must have ${most} ${bound}${has}`;
}

function unknownKey(
  path: readonly PropertyKey[],
  schema: z.ZodType,
  source: ConfigDocument,
): { problem: ConfigProblem; meantPath?: string } {
  const parentPath = path.slice(0, -1);
  const parent = schemaAt(schema, parentPath);
  const known = parent === undefined ? [] : [...keysOf(parent).keys()];
  const close = closest(String(path.at(-1)), known);
  const problem: ConfigProblem = {
    ...source.position(path, 'key'),
    keyPath: formatKeyPath(path),
    problem: 'unknown key',
    remedy: close === undefined ? `Known keys here: ${known.join(', ')}.` : `Did you mean ${close}?`,
  };
  return close === undefined ? { problem } : { problem, meantPath: formatKeyPath([...parentPath, close]) };
}

function remedyAt(path: readonly PropertyKey[], schema: z.ZodType, isMissing: boolean): string {
  const found = schemaAt(schema, path);
  if (path.length === 0 || found === undefined) {
    return `Write a map with the keys ${[...keysOf(schema).keys()].join(', ')}.`;
  }
  const { type, description } = shapeOf(found);
  const about = description === undefined ? '' : ` ${description}`;
  const form = type.includes('object') || type === 'string' ? '' : ` (${type})`;
  return `${isMissing ? 'Add' : 'Correct'} ${formatKeyPath(path)}${form}.${about}`;
}

/** `nodes.home.execution.args[1]`. */
export function formatKeyPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

/** The candidate that is at most two edits away, the nearest first; undefined when none is. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const near = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance, candidate }) => distance <= 2 && distance < candidate.length);
  return near.sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

/** Levenshtein distance of two short words; long ones are not compared. */
function editDistance(a: string, b: string): number {
  if (a.length > 40 || b.length > 40) return Number.POSITIVE_INFINITY;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(swap, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
