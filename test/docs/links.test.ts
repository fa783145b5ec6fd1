import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { anchorsIn, linksIn, markdownFiles, projectRoot, readMarkdown } from './markdown.ts';

it('every link leads somewhere in the project, or is an https address', () => {
  const broken = markdownFiles().flatMap((file) =>
    linksIn(readMarkdown(file)).flatMap((target) => {
      const reason = whyBroken(file, target);
      return reason === undefined ? [] : [`${file}: ${target}: ${reason}`];
    }),
  );
  expect(broken).toEqual([]);
});

it('every page of docs can be reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const file of reached) {
    for (const target of linksIn(readMarkdown(file))) {
      const path = pathOf(file, target);
      if (path?.endsWith('.md') && existsSync(join(projectRoot, path))) reached.add(path);
    }
  }
  const pages = markdownFiles().filter((file) => file.startsWith('docs/'));
  expect(pages.filter((file) => !reached.has(file))).toEqual([]);
});

it('a link to a missing file or heading is found', () => {
  expect(whyBroken('README.md', 'docs/nowhere.md')).toBe('no such file');
  expect(whyBroken('README.md', 'CONTRIBUTING.md#no-such-heading')).toBe('no such heading');
  expect(whyBroken('README.md', 'http://example.org/')).toBe('not https');
  expect(whyBroken('README.md', 'CONTRIBUTING.md')).toBeUndefined();
});

function whyBroken(file: string, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return target.startsWith('https://') ? undefined : 'not https';
  const path = pathOf(file, target) ?? '';
  if (!existsSync(join(projectRoot, path))) return 'no such file';
  const [, anchor] = target.split('#');
  if (anchor === undefined || !path.endsWith('.md')) return undefined;
  return anchorsIn(readMarkdown(path)).includes(anchor) ? undefined : 'no such heading';
}

/** The project path that a link means; undefined for an address elsewhere. */
function pathOf(file: string, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [path = ''] = target.split('#');
  return path === '' ? file : relative(projectRoot, join(projectRoot, dirname(file), path));
}
