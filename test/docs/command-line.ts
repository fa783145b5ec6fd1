import { commands } from '../../src/app/registries/commands.ts';
import { buildProgram } from '../../src/cli/program.ts';

/** The words of a command line, quotes taken off. */
export function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}

/** Why the command line would be refused; undefined when it is understood, values included. */
export function refusalOf(words: readonly string[]): string | undefined {
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
