import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { parseConfig } from '../../src/config/parse.ts';
import { parseDefinition } from '../../src/core/network/parse-definition.ts';
import { refusalOf, wordsOf } from './command-line.ts';
import { type Block, fencedBlocks, markdownFiles, readMarkdown } from './markdown.ts';

const blocks = markdownFiles().flatMap((file) => fencedBlocks(file, readMarkdown(file)));
const placeOf = ({ file, line }: Block) => `${file}:${line}`;

describe('configurations in the documents', () => {
  const isExample = ({ info }: Block) => /^yaml ephemery\.yaml( run)?$/.test(info);
  const examples = blocks.filter(isExample);

  it.each(examples.map((block) => [placeOf(block), block] as const))('%s can be loaded', (place, block) => {
    expect(() => parseConfig(block.text, place)).not.toThrow();
  });

  const definitions = blocks.filter(({ info }) => info === 'yaml network.yaml');

  it.each(definitions.map((block) => [placeOf(block), block] as const))(
    '%s defines a network',
    (place, block) => {
      expect(() => parseDefinition(parse(block.text), place, '/')).not.toThrow();
    },
  );

  it('say what they are: no other yaml looks like a configuration', () => {
    const unmarked = blocks.filter((block) => !isExample(block) && /^nodes:/m.test(block.text));
    expect(unmarked.map(placeOf)).toEqual([]);
  });
});

describe('commands in the documents', () => {
  const lines = blocks
    .filter(({ info }) => /^(sh|console)\b/.test(info))
    .flatMap((block) => commandLines(block.text).map((line) => [placeOf(block), line] as const));

  it('are there to be judged', () => {
    expect(lines.length).toBeGreaterThan(0);
  });

  it.each(lines.filter(([, line]) => line.startsWith('ephemery ')))(
    '%s: `%s` is understood',
    (_place, line) => {
      expect(refusalOf(wordsOf(line).slice(1))).toBeUndefined();
    },
  );

  it.each(lines.filter(([, line]) => /^npm (run )?[a-z]/.test(line)))(
    '%s: `%s` is a script',
    (_place, line) => {
      const [, first = '', second = ''] = wordsOf(line);
      const builtin = ['ci', 'install', 'exec'].includes(first);
      const script = first === 'run' ? second : first;
      expect(builtin || script in packageJson.scripts, script).toBe(true);
    },
  );

  it('that do not exist are found', () => {
    expect(refusalOf(['no-such-command'])).toContain('no-such-command');
    expect(refusalOf(['init', '--no-such-option'])).toContain('--no-such-option');
    expect(refusalOf(['init', '--network', 'devnet'])).toBeUndefined();
  });
});

/** What a reader types: without prompts, comments and continuation lines; `a && b` is two. */
function commandLines(text: string): readonly string[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) =>
      line
        .replace(/^\$ /, '')
        .replace(/\s+(#|>) .*$/, '')
        .trim(),
    )
    .filter((line) => /^(ephemery|npm) /.test(line))
    .flatMap((line) => line.split(/ && | \| /));
}
