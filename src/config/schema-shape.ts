import { z } from 'zod';

/** A zod schema as the reference and the error messages see it: wrappers taken off, facts kept. */
export interface Shape {
  /** string, integer, list of string, one of a, b, … */
  readonly type: string;
  /** The same for people who write it: a string has a form where the schema says one. */
  readonly written: string;
  readonly description?: string;
  /** As it is written in the file; absent when there is none. */
  readonly defaultValue?: unknown;
  readonly required: boolean;
  /** The schema behind the wrappers. */
  readonly schema: z.ZodType;
}

/** Takes optional, default and transform wrappers off a schema, keeping what they said. */
export function shapeOf(schema: z.ZodType): Shape {
  let description = schema.description;
  let defaultValue: unknown;
  let required = true;
  let form: unknown;
  let inner = schema;
  for (;;) {
    description ??= inner.description;
    form ??= inner.meta()?.form;
    if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault)
      defaultValue = inner.def.defaultValue;
    const next = wrapped(inner);
    if (next === undefined) break;
    if (!(inner instanceof z.ZodPipe)) required = false;
    inner = next;
  }
  return {
    type: typeName(inner),
    written: typeof form === 'string' ? form : writtenName(inner),
    ...(description === undefined ? {} : { description }),
    ...(defaultValue === undefined ? {} : { defaultValue }),
    required,
    schema: inner,
  };
}

function wrapped(schema: z.ZodType): z.ZodType | undefined {
  if (schema instanceof z.ZodPipe) return schema.in as z.ZodType;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return schema.unwrap() as z.ZodType;
  }
  return undefined;
}

function typeName(schema: z.ZodType): string {
  if (schema instanceof z.ZodObject) return 'object';
  if (schema instanceof z.ZodRecord) return 'map';
  if (schema instanceof z.ZodArray) return `list of ${shapeOf(schema.element as z.ZodType).type}`;
  if (schema instanceof z.ZodEnum) return `one of ${schema.options.join(', ')}`;
  if (schema instanceof z.ZodLiteral) return [...schema.values].join(' or ');
  if (schema instanceof z.ZodUnion) return 'one of several objects';
  if (schema instanceof z.ZodNumber) return schema.format === 'safeint' ? 'integer' : 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  return 'string';
}

function writtenName(schema: z.ZodType): string {
  if (schema instanceof z.ZodURL) return 'URL';
  if (schema instanceof z.ZodArray) return `list of ${shapeOf(schema.element as z.ZodType).written}`;
  return typeName(schema);
}

/** The keys of an object schema (of all its variants, for a union), with their schemas. */
export function keysOf(schema: z.ZodType): ReadonlyMap<string, z.ZodType> {
  const inner = shapeOf(schema).schema;
  if (inner instanceof z.ZodObject) return new Map(Object.entries(inner.shape as Record<string, z.ZodType>));
  if (inner instanceof z.ZodUnion) {
    return inner.options.map((option) => keysOf(option as z.ZodType)).reduce(mergeKeys);
  }
  return new Map();
}

/** Of two variants of an object: a key that is a fixed word in both becomes a choice of words. */
function mergeKeys(
  first: ReadonlyMap<string, z.ZodType>,
  second: ReadonlyMap<string, z.ZodType>,
): ReadonlyMap<string, z.ZodType> {
  const merged = new Map(first);
  for (const [key, schema] of second) {
    const words = [...wordsOf(first.get(key)), ...wordsOf(schema)];
    const description = [first.get(key)?.description, schema.description].filter(Boolean).join(' ');
    merged.set(key, words.length < 2 ? schema : z.enum(words).describe(description));
  }
  return merged;
}

function wordsOf(schema: z.ZodType | undefined): string[] {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  return schema instanceof z.ZodLiteral ? [...schema.values].map(String) : [];
}

/** What a map's values or a list's items are; undefined for everything else. */
export function elementOf(schema: z.ZodType): z.ZodType | undefined {
  const inner = shapeOf(schema).schema;
  if (inner instanceof z.ZodRecord) return inner.valueType as z.ZodType;
  if (inner instanceof z.ZodArray) return inner.element as z.ZodType;
  return undefined;
}

/** The schema at a key path; undefined where the path leaves the schema. */
export function schemaAt(root: z.ZodType, keyPath: readonly PropertyKey[]): z.ZodType | undefined {
  let schema: z.ZodType | undefined = root;
  for (const key of keyPath) {
    if (schema === undefined) return undefined;
    schema = keysOf(schema).get(String(key)) ?? elementOf(schema);
  }
  return schema;
}
