import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEphemeryError } from '../../base/errors.ts';
import { parseVariablesFile, variablesFileLimits } from './variables-file.ts';

function valuesOf(text: string): Record<string, string> {
  const { variables } = parseVariablesFile('some.env', text);
  return Object.fromEntries([...variables].map(([name, { value }]) => [name, value]));
}

describe('a shell-style file of variables', () => {
  it('gives names, values and lines, with and without export and quotes', () => {
    const text = [
      '# head',
      '',
      'export CHAIN_ID="39438160"',
      "NAME='a $b'",
      'DELAY=600 # seconds',
      'MAP={}',
      'NONE=',
      'ANCHOR=a#b',
      'TAB="a\\"b"\t# note',
      '  export   SPACED=1  \r',
    ].join('\n');
    expect(valuesOf(text)).toEqual({
      CHAIN_ID: '39438160',
      NAME: 'a $b',
      DELAY: '600',
      MAP: '{}',
      NONE: '',
      ANCHOR: 'a#b',
      TAB: 'a"b',
      SPACED: '1',
    });
    expect(parseVariablesFile('f', text).variables.get('CHAIN_ID')?.line).toBe(3);
  });

  it('keeps the last of two values, as a shell does', () => {
    expect(valuesOf('A=1\nA=2')).toEqual({ A: '2' });
  });

  it.each([
    'A=$(rm -rf /)',
    'A="$(id)"',
    'A=`id`',
    'A="`id`"',
    'A=$B',
    'A=1; id',
    'A=1 id',
    'A=1&',
    'A="open',
    "A='open",
    'A=1\\',
    'rm -rf /',
    '1A=2',
    '. other.env',
  ])('refuses %j and names file and line', (line) => {
    const read = () => parseVariablesFile('some.env', `OK=1\n${line}`);
    expect(read).toThrowError(/some\.env, line 2/);
    try {
      read();
    } catch (thrown) {
      expect(isEphemeryError(thrown, 'EPH-NETWORK-VARIABLES-SYNTAX')).toBe(true);
    }
  });

  it('refuses files beyond its limits', () => {
    expect(() => parseVariablesFile('f', '#'.repeat(variablesFileLimits.characters + 1))).toThrowError(
      /too long/,
    );
    const many = Array.from({ length: variablesFileLimits.variables + 1 }, (_, i) => `V${i}=1`).join('\n');
    expect(() => parseVariablesFile('f', many)).toThrowError(/too many/);
  });

  it('returns every single-quoted value unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        fc.pre(!/['\n]/.test(value));
        expect(valuesOf(`A='${value}' # note`)).toEqual({ A: value });
      }),
    );
  });
});
