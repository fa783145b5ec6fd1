import { fishScript } from './fish-script.ts';
import { quoted } from './quoted.ts';
import type { CompletionPlace, OptionWord } from './words.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The script that a shell evaluates to complete `ephemery`. It asks nobody: all words are in it. */
export function completionScript(shell: Shell, places: readonly CompletionPlace[]): string {
  if (shell === 'fish') return fishScript(places);
  return shell === 'zsh' ? zsh(places) : bash(places);
}

/** One function finds the place from the words so far; both shells share its shape. */
function placeCases(places: readonly CompletionPlace[]): string[] {
  return places.map(({ path, words, options, argumentWords }) => {
    const texts = [...words, ...options].map(({ text }) => text);
    const list = [...argumentWords, ...texts].join(' ');
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
    '  # bash takes `--name=value` apart at its sign.',
    `  if [ "$current" = '=' ]; then current=""; elif [ "$previous" = '=' ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi`,
    ...finder(places),
    '  case "$kind" in',
    '    words) COMPREPLY=($(compgen -W "$list" -- "$current")) ;;',
    '    file) COMPREPLY=($(compgen -f -- "$current")) ;;',
    '    folder) COMPREPLY=($(compgen -d -- "$current")) ;;',
    '    none) COMPREPLY=() ;;',
    '  esac',
    '}',
    '# Where no word of ours fits, a file may.',
    'complete -o bashdefault -o default -o filenames -F _ephemery ephemery',
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
    `    words) compadd -- \${=list} || _files ;;`,
    '    file) _files ;;',
    '    folder) _files -/ ;;',
    '  esac',
    '}',
    'compdef _ephemery ephemery',
    '',
  ].join('\n');
}
