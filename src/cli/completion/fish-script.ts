import { quoted } from './quoted.ts';
import type { CompletionPlace, OptionWord } from './words.ts';

/** The script for fish: a line for each word, behind the condition that the line so far leads to its place. */
export function fishScript(places: readonly CompletionPlace[]): string {
  return [
    '# fish completion of ephemery; load it with: ephemery completion fish | source',
    ...placeFinder(places),
    ...new Set(places.flatMap(placeLines)),
    '',
  ].join('\n');
}

/** A word counts only where it goes on with a place: `hold` may be a command here and an argument there. */
function placeFinder(places: readonly CompletionPlace[]): string[] {
  const known = places.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(' ')));
  return [
    'function __ephemery_at',
    '    set -l place',
    '    for word in (commandline -opc)[2..-1]',
    `        if contains -- (string join -- ' ' $place $word) ${known.join(' ')}`,
    '            set -a place $word',
    '        end',
    '    end',
    '    test "$place" = "$argv"',
    'end',
  ];
}

function placeLines({ path, words, options, argumentWords }: CompletionPlace): string[] {
  const condition = ['__ephemery_at', ...path].join(' ');
  const start = `complete -c ephemery -f -n ${quoted(condition)}`;
  return [
    ...words.map(({ text, summary }) => `${start} -a ${quoted(text)} -d ${quoted(summary)}`),
    ...argumentWords.map((word) => `${start} -a ${quoted(word)}`),
    ...options.map((option) => optionLine(option, condition)),
  ];
}

function optionLine(
  { text, summary, takesValue, choices, completes }: OptionWord,
  condition: string,
): string {
  const value =
    choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : completes === undefined ? ' -x' : ' -r -F';
  return `complete -c ephemery -n ${quoted(condition)} -l ${text.slice(2)}${takesValue ? value : ' -f'} -d ${quoted(summary)}`;
}
