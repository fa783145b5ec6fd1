import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeIf } from '../../../test/support/describe-if.ts';
import { missingProgram } from '../../../test/support/missing-program.ts';
import { type Command, command } from '../command.ts';
import { choice, flag, text } from '../option.ts';
import { completionScript } from './scripts.ts';
import { completionPlaces } from './words.ts';

const plain = (path: readonly string[], options = {}, args = {}): Command =>
  command({
    path,
    summary: `The ${path.join(' ')}`,
    options,
    args,
    examples: [],
    run: async () => undefined,
  });

const commands = [
  plain(['up'], {
    detach: flag('Behind.'),
    kind: choice(['red', 'blue'], 'Which.'),
    out: text('folder', 'Where.', { completes: 'folder' }),
  }),
  plain(['reset'], { kind: choice(['green', 'grey'], 'Which.') }),
  plain(['network', 'show'], { kind: flag('Kind.') }),
  plain(['reset', 'hold']),
  plain(['devnet', 'reset'], {}, { what: choice(['hold', 'all'], 'What.') }),
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
    ['', ['up', 'reset', 'network', 'devnet', '--home', '--config', '--json', '--log-level']],
    ['n', ['network']],
    ['network ', ['show', '--home', '--config', '--json', '--log-level']],
    ['up --d', ['--detach']],
    ['up --kind ', ['red', 'blue']],
    ['reset --kind gre', ['green', 'grey']],
    ['network show --kind --l', ['--log-level']],
    ['--json up --k', ['--kind']],
    ['up --config s', ['script.bash']],
    ['up --log-level w', ['warn']],
    ['up --log-level = w', ['warn']],
    ['devnet reset a', ['all']],
    ['devnet reset h', ['hold']],
    ['reset h', ['hold']],
  ])('offers after "%s"', (line, words) => expect(offered(line)).toEqual(words));
});

describeIf(missingProgram('fish'))('the completion script of fish', () => {
  // Where nothing of ours fits fish offers the folder's files: here there are none.
  let empty: string;
  beforeAll(() => {
    empty = mkdtempSync(join(tmpdir(), 'ephemery-completion-'));
  });
  afterAll(() => rmSync(empty, { recursive: true }));

  /** What fish itself offers for the last word of a line. */
  function offered(line: string): string[] {
    const script = completionScript('fish', completionPlaces(commands));
    const program = `${script}\ncomplete -C ${JSON.stringify(`ephemery ${line}`)}`;
    return execFileSync('fish', ['--no-config', '-c', program], { encoding: 'utf8', cwd: empty })
      .split('\n')
      .filter(Boolean)
      .map((one) => one.split('\t')[0] ?? '')
      .sort();
  }

  it.each([
    ['', ['devnet', 'network', 'reset', 'up']],
    ['n', ['network']],
    ['network ', ['show']],
    ['reset h', ['hold']],
    ['reset hold ', []],
    ['devnet reset ', ['all', 'hold']],
    ['devnet reset --', ['--config', '--home', '--json', '--log-level']],
    ['up --kind ', ['blue', 'red']],
    ['reset --kind gre', ['green', 'grey']],
    ['--json up --k', ['--kind']],
    ['up --log-level w', ['warn']],
  ])('offers after "%s"', (line, words) => expect(offered(line)).toEqual(words));
});

describeIf(missingProgram('zsh'))('the completion script of zsh', () => {
  /** What the function hands to zsh for the last word of a line. */
  function offered(line: string): string[] {
    const words = ['ephemery', ...line.split(' ')].map((word) => `'${word}'`);
    const program = [
      'compdef() { :; }; compadd() { shift; print -l -- "$@"; }; _files() { print files; }',
      completionScript('zsh', completionPlaces(commands)),
      `words=(${words.join(' ')}); CURRENT=${words.length}; _ephemery`,
    ].join('\n');
    return execFileSync('zsh', ['-f', '-c', program], { encoding: 'utf8' }).split('\n').filter(Boolean);
  }

  it.each([
    ['network ', ['show', '--home', '--config', '--json', '--log-level']],
    ['up --kind ', ['red', 'blue']],
    ['reset --kind ', ['green', 'grey']],
    ['up --out ', ['files']],
    ['devnet reset ', ['hold', 'all', '--home', '--config', '--json', '--log-level']],
    ['--json reset ', ['hold', '--kind', '--home', '--config', '--json', '--log-level']],
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
