import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { configOptions } from './reference.ts';
import { configSchema } from './schema.ts';
import { elementOf, schemaAt } from './schema-shape.ts';

describe('the reference of the configuration', () => {
  it('describes every key', () => {
    const silent = configOptions().filter(({ description }) => description === '');
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('names keys of maps and lists, types and defaults', () => {
    const options = new Map(configOptions().map((option) => [option.name, option]));
    expect(options.get('nodes.<name>.runtime')).toMatchObject({
      type: 'one of process, container, external',
      required: false,
      defaultText: '"process"',
    });
    expect(options.get('hooks[].on')).toMatchObject({ required: true });
    expect(options.get('retention.chains')).toMatchObject({ type: 'integer', defaultText: '1' });
    expect(options.get('nodes.<name>.execution.artifact.kind')?.type).toBe(
      'one of npm, archive, image, path',
    );
  });

  it('says what is written where a string has a form', () => {
    const types = new Map(configOptions().map(({ name, type }) => [name, type]));
    expect([
      types.get('networks.<name>.devnet.slot'),
      types.get('backup.every'),
      types.get('nodes.<name>.execution.limits.memory'),
      types.get('nodes.<name>.execution.artifact.sha256'),
      types.get('nodes.<name>.checkpoint.providers'),
    ]).toEqual([
      'duration, e.g. 30s',
      'duration, e.g. 30s',
      'amount of memory, e.g. 8G',
      'hex, 32 bytes',
      'list of URL',
    ]);
  });

  it('shows each default as the program takes it', () => {
    const options = configOptions().filter(({ defaultText }) => defaultText !== undefined);
    expect(options.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['backup.every', 'backup.keep.age', 'backup.drill.every', 'hooks[].timeout']),
    );
    for (const { name, defaultText = '' } of options) {
      const child = name.split('.').reduce<z.ZodType | undefined>((schema, key) => {
        const bare = schemaAt(schema ?? z.never(), [key.replace('[]', '')]);
        return key.endsWith('[]') && bare !== undefined ? elementOf(bare) : bare;
      }, configSchema);
      expect(child?.safeParse(parse(defaultText)).success, `${name}: ${defaultText}`).toBe(true);
    }
  });
});
