import type { CompletionPlace, OptionWord } from './words.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The script that a shell evaluates to complete `ephemery`. It asks nobody: all words are in it. */
export function completionScript(shell: Shell, places: readonly CompletionPlace[]): string {
  if (shell === 'fish') return fish(places);
  return shell === 'zsh' ? zsh(places) : bash(places);
}

/** One function finds the place from the words so far; both shells share its shape. */
function placeCases(places: readonly CompletionPlace[]): string[] {
  return places.map(({ path, words, options }) => {
    const list = [...words.map(({ text }) => text), ...options.map(({ text }) => text)].join(' ');
    return `    ${quoted(path.join(' '))}) list=${quoted(list)} ;;`;
  });
}

/** What may stand for a value: once where all commands mean the same by an option's name, else a line each. */
function valueCases(places: readonly CompletionPlace[]): string[] {
  const uses = places.flatMap(({ path, options }) =>
    options.map((option) => ({
      path,
      name: option.text,
      action: option.takesValue ? valueAction(option) : '',
    })),
  );
  const names = [...new Set(uses.map(({ name }) => name))];
  return names.flatMap((name) => {
    const named = uses.filter((use) => use.name === name);
    const agree = named.every(({ action }) => action === named[0]?.action);
    const cases = agree
      ? [{ pattern: `*${quoted(` ${name}`)}`, action: named[0]?.action ?? '' }]
      : named.map(({ path, action }) => ({ pattern: quoted(`${path.join(' ')} ${name}`), action }));
    return cases
      .filter(({ action }) => action !== '')
      .map(({ pattern, action }) => `    ${pattern}) ${action} ;;`);
  });
}

function valueAction({ choices, completes }: OptionWord): string {
  if (choices.length > 0) return `kind=words list=${quoted(choices.join(' '))}`;
  if (completes === 'file' || completes === 'folder') return `kind=${completes}`;
  return 'kind=none';
}

function knownPaths(places: readonly CompletionPlace[]): string {
  return places
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => quoted(path.join(' ')))
    .join('|');
}

function finder(places: readonly CompletionPlace[]): string[] {
  return [
    '  local place="" word kind=words list=""',
    `  for word in "\${before[@]}"; do`,
    `    case "\${place:+$place }$word" in ${knownPaths(places)}) place="\${place:+$place }$word" ;; esac`,
    '  done',
    '  case "$place" in',
    ...placeCases(places),
    '  esac',
    '  case "$place $previous" in',
    ...valueCases(places),
    '  esac',
  ];
}

function bash(places: readonly CompletionPlace[]): string {
  return [
    '# bash completion of ephemery; load it with: source <(ephemery completion bash)',
    '_ephemery() {',
    `  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"`,
    `  local before=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")`,
    ...finder(places),
    '  case "$kind" in',
    '    words) COMPREPLY=($(compgen -W "$list" -- "$current")) ;;',
    '    file) COMPREPLY=($(compgen -f -- "$current")) ;;',
    '    folder) COMPREPLY=($(compgen -d -- "$current")) ;;',
    '    none) COMPREPLY=() ;;',
    '  esac',
    '}',
    'complete -o filenames -F _ephemery ephemery',
    '',
  ].join('\n');
}

function zsh(places: readonly CompletionPlace[]): string {
  return [
    '#compdef ephemery',
    '# zsh completion of ephemery; load it with: source <(ephemery completion zsh)',
    '_ephemery() {',
    `  local previous="\${words[CURRENT-1]}"`,
    `  local -a before=("\${(@)words[2,CURRENT-1]}")`,
    ...finder(places),
    '  case "$kind" in',
    `    words) compadd -- \${=list} ;;`,
    '    file) _files ;;',
    '    folder) _files -/ ;;',
    '  esac',
    '}',
    'compdef _ephemery ephemery',
    '',
  ].join('\n');
}

function fish(places: readonly CompletionPlace[]): string {
  const lines = places.flatMap((place) => {
    const condition = fishCondition(place);
    const words = place.words.map(
      ({ text, summary }) =>
        `complete -c ephemery -f -n ${quoted(condition)} -a ${quoted(text)} -d ${quoted(summary)}`,
    );
    return [...words, ...place.options.map((option) => fishOption(option, condition))];
  });
  return [
    '# fish completion of ephemery; load it with: ephemery completion fish | source',
    ...new Set(lines),
    '',
  ].join('\n');
}

/** At a place its own words were all seen and none of those that may follow. */
function fishCondition({ path, words }: CompletionPlace): string {
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const next = words.map(({ text }) => text).join(' ');
  const unseen = next === '' ? [] : [`not __fish_seen_subcommand_from ${next}`];
  return [...seen, ...unseen].join('; and ');
}

function fishOption(
  { text, summary, takesValue, choices, completes }: OptionWord,
  condition: string,
): string {
  const value =
    choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : completes === undefined ? ' -x' : ' -r -F';
  return `complete -c ephemery -n ${quoted(condition)} -l ${text.slice(2)}${takesValue ? value : ' -f'} -d ${quoted(summary)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
