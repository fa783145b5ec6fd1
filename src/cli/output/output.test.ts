import { describe, expect, it } from 'vitest';
import { formatBytes } from './bytes.ts';
import { Output } from './output.ts';
import { plainText } from './plain-text.ts';
import { styleFor } from './style.ts';
import { tableText } from './table.ts';

const esc = '\u001b';

describe('text from elsewhere', () => {
  it.each([
    [`${esc}[31mred${esc}[0m`, 'red'],
    [`${esc}]0;title\u0007after`, 'after'],
    [`up${esc}[2Aand over\rwritten`, 'upand overwritten'],
    ['tab\tstays', 'tab\tstays'],
    ['\u009b31mone byte', '31mone byte'],
    ['bell\u0007', 'bell'],
  ])('moves no cursor and sets no title: %j', (text, plain) => expect(plainText(text)).toBe(plain));
});

describe('colour', () => {
  it.each([
    ['a terminal', { isTTY: true }, {}, true],
    ['a pipe', {}, {}, false],
    ['NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
  ])('for %s', (_what, stream, env, isColoured) => {
    expect(styleFor(stream, env).bad('x') !== 'x').toBe(isColoured);
  });
});

describe('a warning', () => {
  const warning = { file: '/P', message: `Others may read /P${esc}[2A.`, remedy: 'chmod 600 /P' };
  const said = (json: boolean, value: unknown) => {
    const [out, error]: [string[], string[]] = [[], []];
    const stream = (lines: string[]) => ({ write: (text: string) => lines.push(text) });
    const output = new Output({ json, stdout: stream(out), stderr: stream(error), env: {} });
    output.warn(warning);
    output.warn(warning);
    output.result(value, () => 'done');
    return [out.join(''), error.join('')];
  };

  it('is said once to people, beside the result', () =>
    expect(said(false, { a: 1 })).toEqual(['done\n', 'Others may read /P.\n  chmod 600 /P\n']));

  it('is in the result for programs, and leaves standard error to errors', () => {
    expect(said(true, { a: 1 })).toEqual([`${JSON.stringify({ a: 1, warnings: [warning] })}\n`, '']);
    expect(said(true, [1])).toEqual(['[1]\n', '']);
  });
});

describe('a table', () => {
  it('aligns by what is seen, and ends no line in spaces', () => {
    const text = tableText([
      [`${esc}[32mup${esc}[39m`, '1', ''],
      ['longer', '22', 'x'],
    ]);
    expect(text.split('\n').map(plainText)).toEqual(['up      1', 'longer  22  x']);
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_500, '1.5 kB'],
    [26_000_000, '26 MB'],
    [5e15, '5000 TB'],
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});
