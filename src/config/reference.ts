import type { z } from 'zod';
import { configSchema } from './schema.ts';
import { elementOf, keysOf, shapeOf } from './schema-shape.ts';

/** One line of the generated reference. */
export interface ConfigOption {
  /** Its key path; `<name>` stands for a name of one's own, `[]` for an item of a list. */
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly required: boolean;
  /** As YAML would show it on one line. */
  readonly defaultText?: string;
}

/** Every key of `ephemery.yaml`, in the order of the schema. */
export function configOptions(): readonly ConfigOption[] {
  return walk(configSchema, '');
}

function walk(schema: z.ZodType, prefix: string): ConfigOption[] {
  const element = elementOf(schema);
  const inList = shapeOf(schema).type.startsWith('list');
  if (element !== undefined) return walk(element, inList ? `${prefix}[]` : `${prefix}.<name>`);
  return [...keysOf(schema)].flatMap(([key, child]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    return [optionOf(name, child), ...walk(child, name)];
  });
}

function optionOf(name: string, schema: z.ZodType): ConfigOption {
  const shape = shapeOf(schema);
  return {
    name,
    type: shape.written,
    description: shape.description ?? '',
    required: shape.required,
    ...(shape.defaultValue === undefined ? {} : { defaultText: JSON.stringify(shape.defaultValue) }),
  };
}
