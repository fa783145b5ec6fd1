import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureRows } from './failure-rows.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the table of failures', () => {
  it('has all 23 rows', () => {
    expect(Object.keys(failureRows)).toHaveLength(23);
  });

  it.each(Object.entries(failureRows))('%s: its tests are there', async (_row, tests) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const { file, title } of tests) {
      const source = await readFile(join(root, file), 'utf8');
      // A skipped test has its title too, but not so.
      const declared = new RegExp(`\\bit(\\.each(<\\w+>)?\\([^;]*?\\))?\\(\\s*['"\`]${escaped(title)}`);
      expect(declared.test(source), `${file}: ${title}`).toBe(true);
    }
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
