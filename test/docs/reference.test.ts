import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorFamilies } from '../../src/app/registries/errors.ts';
import { findingFamilies } from '../../src/app/registries/findings.ts';
import { code, pageText, table } from '../../tools/docs/page.ts';
import { pages } from '../../tools/docs/pages.ts';
import { documentedText } from '../../tools/docs/placeholder-facts.ts';

const folder = join(import.meta.dirname, '../../docs/reference');
const stored = (file: string) => readFileSync(join(folder, file), 'utf8');

describe('the reference', () => {
  it.each(pages.map((page) => [page.file, page] as const))(
    '%s is what the code says; `npm run docs` writes it anew',
    async (file, page) => {
      expect(stored(file)).toBe(await pageText(page));
    },
  );

  it('holds no page that nothing writes', () => {
    const written = [...pages.map(({ file }) => file), 'benchmarks.md', 'benchmarks.json', 'README.md'];
    expect(readdirSync(folder).filter((file) => !written.includes(file))).toEqual([]);
  });

  it('explains every code', () => {
    const codes = (families: readonly { readonly specs: object }[]) =>
      families.flatMap(({ specs }) => Object.keys(specs));
    const headings = (file: string) =>
      [...stored(file).matchAll(/^## (\S+)$/gm)].map(([, heading]) => heading);
    expect(headings('errors.md')).toEqual([...codes(errorFamilies)].sort());
    expect(headings('findings.md')).toEqual([...codes(findingFamilies)].sort());
  });
});

describe('documented texts', () => {
  it('show facts by their names, texts, numbers and lists alike', () => {
    const message = (facts: { path: string; fork: string; lines: readonly number[] }) =>
      `${facts.path} needs ${facts.fork.toUpperCase()} at ${facts.lines.map((line) => line + 1).join(', ')}`;
    expect(documentedText(message)).toBe('{path} needs {fork} at {lines}');
  });

  it('are left out where facts are reckoned with', () => {
    expect(documentedText(({ ms }: { ms: number }) => `${ms / 1_000} s`)).toBeUndefined();
  });
});

it('a table survives bars and line breaks in its cells', () => {
  expect(table(['a', 'b'], [['1|2', code('x\ny')]])).toBe('| a | b |\n|---|---|\n| 1\\|2 | `x y` |');
});
