import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import { type ConfigProblem, configErrors } from './errors.ts';

export const configLimits = { bytes: 256 * 1024, depth: 16, aliases: 64, nodes: 20_000 } as const;

/** A YAML file that is well-formed and within the limits, with the way back from a key to its line. */
export interface ConfigDocument {
  readonly file: string;
  readonly document: Document;
  readonly value: unknown;
  /** Line and column (from 1) of a key if `wanted` is `key`, else of its value; of the nearest parent when absent. */
  position(keyPath: readonly PropertyKey[], wanted?: 'key' | 'value'): { line: number; column: number };
}

/** Throws EPH-CONFIG-TOO-LARGE and EPH-CONFIG-SYNTAX. `file` is only for messages. */
export function parseConfigDocument(text: string, file: string): ConfigDocument {
  if (Buffer.byteLength(text) > configLimits.bytes) throw tooLarge(file, `${configLimits.bytes / 1024} KiB`);
  const lines = new LineCounter();
  const document = parsed(text, file, lines);
  checkLimits(document, file);
  return {
    file,
    document,
    value: plainValue(document, file),
    position: (keyPath, wanted = 'value') => {
      const offset = offsetOf(document, keyPath, wanted);
      const { line, col } = lines.linePos(offset);
      return { line: Math.max(1, line), column: Math.max(1, col) };
    },
  };
}

function parsed(text: string, file: string, lines: LineCounter): Document {
  let document: Document;
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: true,
      version: '1.2',
    });
  } catch (cause) {
    // The parser recurses, so hostile nesting ends its stack before our own check sees it.
    if (cause instanceof RangeError) throw tooLarge(file, `${configLimits.depth} levels`, cause);
    throw cause;
  }
  const place = (offset: number, problem: string): ConfigProblem => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, keyPath: '', problem, remedy: 'Correct the YAML at this place.' };
  };
  const problems = [
    ...[...document.errors, ...document.warnings].map(({ pos, message }) => place(pos[0], message)),
    ...forbiddenKeys(document).map((offset) => place(offset, 'this key is not allowed')),
  ];
  if (problems.length > 0)
    throw configErrors.create('EPH-CONFIG-SYNTAX', { file, problems: problems.slice(0, 20) });
  return document;
}

/** Offsets of keys that no plain object can hold; dropping them in silence would hide a typing error. */
function forbiddenKeys(document: Document): readonly number[] {
  const offsets: number[] = [];
  visit(document, {
    Pair(_key, { key }) {
      if (isScalar(key) && key.value === '__proto__') offsets.push(key.range?.[0] ?? 0);
    },
  });
  return offsets;
}

function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: configLimits.aliases });
  } catch (cause) {
    if (cause instanceof ReferenceError) throw tooLarge(file, `${configLimits.aliases} aliases`, cause);
    throw cause;
  }
}

function checkLimits(document: Document, file: string): void {
  let nodes = 0;
  let aliases = 0;
  visit(document, {
    Node(_key, node, ancestors) {
      nodes += 1;
      if (isAlias(node)) aliases += 1;
      if (nodes > configLimits.nodes) throw tooLarge(file, `${configLimits.nodes} values`);
      if (aliases > configLimits.aliases) throw tooLarge(file, `${configLimits.aliases} aliases`);
      const depth = ancestors.filter((ancestor) => !isPair(ancestor)).length;
      if (depth > configLimits.depth) throw tooLarge(file, `${configLimits.depth} levels`);
    },
  });
}

function tooLarge(file: string, limit: string, cause?: unknown) {
  return configErrors.create('EPH-CONFIG-TOO-LARGE', { file, limit }, cause);
}

function offsetOf(document: Document, keyPath: readonly PropertyKey[], wanted: 'key' | 'value'): number {
  for (let length = keyPath.length; length > 0; length -= 1) {
    const parent = document.getIn(keyPath.slice(0, length - 1), true);
    const last = keyPath[length - 1];
    const found = length === keyPath.length ? child(parent, last, wanted) : child(parent, last, 'key');
    const start = found?.range?.[0];
    if (start !== undefined) return start;
  }
  return document.contents?.range?.[0] ?? 0;
}

function child(parent: unknown, key: PropertyKey | undefined, wanted: 'key' | 'value'): Node | undefined {
  if (!isMap(parent)) {
    const item =
      isNode(parent) && 'get' in parent && typeof parent.get === 'function'
        ? parent.get(key, true)
        : undefined;
    return isNode(item) ? item : undefined;
  }
  const pair = parent.items.find(
    ({ key: candidate }) => isScalar(candidate) && String(candidate.value) === String(key),
  );
  if (pair === undefined) return undefined;
  const value = isNode(pair.value) ? pair.value : undefined;
  const keyNode = isNode(pair.key) ? pair.key : undefined;
  return wanted === 'key' || value === undefined ? keyNode : value;
}
