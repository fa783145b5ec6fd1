import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { whereNext } from './where-next.ts';

const workingDirectory = join(import.meta.dirname, '../../..');

describe('where to look next', () => {
  it('names commands for this home, as they can be given here, and the documents', () => {
    const env = { npm_lifecycle_event: 'start' };
    const lines = whereNext({ env, workingDirectory, home: './.ephemery' }, 'home').join('\n');
    expect(lines).toContain('npx ephemery status --home ./.ephemery');
    expect(lines).toContain('npx ephemery logs home --home ./.ephemery');
    expect(lines).toContain('read docs/README.md.');
  });

  it('says no more than is needed', () => {
    const lines = whereNext({ env: {}, workingDirectory: '/somewhere/else', home: undefined }, 'a').join(
      '\n',
    );
    expect(lines).toContain('  ephemery status\n  ephemery logs a\n');
    expect(lines).toContain(`read ${join(workingDirectory, 'docs/README.md')}.`);
  });
});
