import { describe, expect, it } from 'vitest';
import { globalOptions } from '../../cli/global-options.ts';
import { commands } from './commands.ts';

describe('commands', () => {
  it('have a path of their own', () => {
    const paths = commands.map(({ path }) => path.join(' '));
    expect(new Set(paths).size).toBe(paths.length);
  });

  it.each(commands.map((command) => [command.path.join(' '), command] as const))(
    '%s is described',
    (words, command) => {
      expect(command.summary).toMatch(/^[A-Z].*[^.]$/);
      for (const { description } of [...Object.values(command.args), ...Object.values(command.options)]) {
        expect(description).toMatch(/^[A-Z].*\.$/s);
      }
      expect(command.examples.length).toBeGreaterThan(0);
      for (const { line } of command.examples) expect(` ${line} `).toContain(` ${words} `);
    },
  );

  it('leave alone what every command takes', () => {
    const taken = commands
      .flatMap(({ options }) => Object.keys(options))
      .filter((name) => name in globalOptions);
    expect(taken).toEqual([]);
  });
});
