import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { commands } from '../../src/app/registries/commands.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { parseDefinition } from '../../src/core/network/parse-definition.ts';
import { type Block, fencedBlocks, markdownFiles, readMarkdown } from './markdown.ts';

const blocks = markdownFiles().flatMap((file) => fencedBlocks(file, readMarkdown(file)));
const placeOf = ({ file, line }: Block) => `${file}:${line}`;

describe('configurations in the documents', () => {
  const examples = blocks.filter(({ info }) => info === 'yaml ephemery.yaml');

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
    const unmarked = blocks.filter(
      ({ info, text }) => info !== 'yaml ephemery.yaml' && /^nodes:/m.test(text),
    );
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

function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}

/** Why the command line would be refused; undefined when it is understood, values included. */
function refusalOf(words: readonly string[]): string | undefined {
  const silent = { out: () => undefined, error: () => undefined };
  let refusal: string | undefined = `nothing would run: ${words.join(' ')}`;
  const program = buildProgram({
    commands,
    version: '0',
    columns: 100,
    write: silent,
    found: ({ command, options }) => {
      for (const [key, texts] of Object.entries(options)) command.options[key]?.read(texts, key);
      refusal = undefined;
    },
  });
  try {
    program.parse([...words], { from: 'user' });
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    return words.includes('--version') || words.includes('--help') ? undefined : said;
  }
  return refusal;
}
