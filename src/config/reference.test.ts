import { describe, expect, it } from 'vitest';
import { configOptions } from './reference.ts';

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
});
