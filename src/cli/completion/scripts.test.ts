import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Command, command } from '../command.ts';
import { choice, flag, text } from '../option.ts';
import { completionScript } from './scripts.ts';
import { completionPlaces } from './words.ts';

const plain = (path: readonly string[], options = {}): Command =>
  command({ path, summary: `The ${path.join(' ')}`, options, examples: [], run: async () => undefined });

const commands = [
  plain(['up'], {
    detach: flag('Behind.'),
    kind: choice(['red', 'blue'], 'Which.'),
    out: text('folder', 'Where.', { completes: 'folder' }),
  }),
  plain(['reset'], { kind: choice(['green', 'grey'], 'Which.') }),
  plain(['network', 'show'], { kind: flag('Kind.') }),
  plain(['reset', 'hold']),
  { ...plain(['network', 'secret']), internal: true },
];

describe('the completion script of bash', () => {
  let folder: string;
  let script: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ephemery-completion-'));
    script = join(folder, 'script.bash');
    writeFileSync(script, completionScript('bash', completionPlaces(commands)));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What bash offers for the last word of a line. */
  function offered(line: string): string[] {
    const words = ['ephemery', ...line.split(' ')];
    const program = [
      `source '${script}'`,
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})`,
      `COMP_CWORD=${words.length - 1}`,
      '_ephemery',
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ].join('\n');
    return execFileSync('bash', ['-c', program], { encoding: 'utf8', cwd: folder })
      .split('\n')
      .filter(Boolean);
  }

  it.each([
    ['', ['up', 'reset', 'network', '--home', '--config', '--json', '--log-level']],
    ['n', ['network']],
    ['network ', ['show', '--home', '--config', '--json', '--log-level']],
    ['reset h', ['hold']],
    ['up --d', ['--detach']],
    ['up --kind ', ['red', 'blue']],
    ['reset --kind gre', ['green', 'grey']],
    ['network show --kind --l', ['--log-level']],
    ['--json up --k', ['--kind']],
    ['up --config s', ['script.bash']],
    ['up --log-level w', ['warn']],
  ])('offers after "%s"', (line, words) => expect(offered(line)).toEqual(words));
});

describe('every script', () => {
  it('knows all commands but those of our own', () => {
    for (const shell of ['bash', 'zsh', 'fish'] as const) {
      const script = completionScript(shell, completionPlaces(commands));
      expect(script).toContain('hold');
      expect(script).not.toContain('secret');
    }
  });
});
