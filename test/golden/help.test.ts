import { describe, expect, it } from 'vitest';
import { commands } from '../../src/app/registries/commands.ts';
import type { Command } from '../../src/cli/command.ts';
import { completionScript, shells } from '../../src/cli/completion/scripts.ts';
import { completionPlaces } from '../../src/cli/completion/words.ts';
import { type CliHost, runCli } from '../../src/cli/run.ts';
import { golden } from './golden.ts';

async function helpOf(path: readonly string[]): Promise<string> {
  let text = '';
  const stream = { columns: 100, write: (more: string) => (text += more) };
  const host = { version: '0.0.0', commands, stdout: stream, stderr: stream, env: {} } as unknown as CliHost;
  await runCli([...path, '--help'], { ...host, signal: new AbortController().signal });
  return text;
}

const shown: readonly Command[] = commands.filter(({ internal }) => internal !== true);

describe('help texts', () => {
  it('of the program', async () => {
    const text = await helpOf([]);
    expect(text).toBe(await golden('help/ephemery.txt', text));
  });

  it.each(shown.map(({ path }) => path.join(' ')))('of %s', async (words) => {
    const text = await helpOf(words.split(' '));
    expect(text).toBe(await golden(`help/${words.replaceAll(' ', '-')}.txt`, text));
  });
});

describe('completion scripts', () => {
  it.each(shells)('of %s', async (shell) => {
    const script = completionScript(shell, completionPlaces(commands));
    expect(script).toBe(await golden(`completion/ephemery.${shell}`, script));
  });
});
