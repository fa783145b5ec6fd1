import { shortPublicKey } from '../../core/keys/public-key.ts';
import type { KeyReport, NodeKeysReport, NodeReport } from '../../operations/control/reports.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';

/** More keys than this are summed up: each stands in what `--json` prints. */
const mostListed = 8;

/** Lines about a node's keys, none for a node without. */
export function nodeKeysText({ keys }: NodeReport, style: Style): readonly string[] {
  if (keys === undefined) return [];
  const { list } = keys;
  const notes = keys.notes.map((note) => style.faint(note));
  if (list.length === 0) return notes.length > 0 ? notes : ['no keys in its key sets'];
  if (list.length > mostListed) return [...summary(list, style), ...notes];
  return [tableText(list.map((key) => keyRow(key, keys, style))), ...notes];
}

function keyRow(key: KeyReport, { iteration }: NodeKeysReport, style: Style): readonly string[] {
  const next = iteration === undefined ? 'next genesis' : `genesis ${iteration + 1}`;
  const own = iteration === undefined ? 'this genesis' : `genesis ${iteration}`;
  return [
    `key ${shortPublicKey(key.pubkey)}`,
    key.keySet,
    stateText(key, style),
    `${own}: ${inclusionText(key.thisGenesis)}`,
    `${next}: ${inclusionText(key.nextGenesis)}`,
  ];
}

const stateWords: Readonly<Record<KeyReport['state'], string>> = {
  absent: 'not in the state',
  pending: 'pending',
  active: 'active',
  exiting: 'exiting',
  exited: 'exited',
  slashed: 'slashed',
  unknown: 'state unknown',
};

function stateText({ state, index }: KeyReport, style: Style): string {
  const words = stateWords[state];
  const coloured = state === 'active' ? style.good(words) : state === 'slashed' ? style.bad(words) : words;
  return index === undefined ? coloured : `${coloured} #${index}`;
}

function inclusionText(inclusion: KeyReport['thisGenesis']): string {
  if ('index' in inclusion) return `#${inclusion.index}`;
  return inclusion.included === 'unknown' ? 'unknown' : 'no';
}

function summary(list: readonly KeyReport[], style: Style): readonly string[] {
  const states = counted(list.map(({ state }) => stateWords[state]));
  const slashed = list.some(({ state }) => state === 'slashed');
  const line = `${list.length} keys: ${states}`;
  return [
    slashed ? style.bad(line) : line,
    `  this genesis: ${counted(list.map(({ thisGenesis }) => inclusionWord(thisGenesis)))}; ` +
      `next genesis: ${counted(list.map(({ nextGenesis }) => inclusionWord(nextGenesis)))}`,
  ];
}

function inclusionWord({ included }: KeyReport['thisGenesis']): string {
  if (included === 'unknown') return 'unknown';
  return included ? 'in it' : 'not in it';
}

/** `990 active, 10 pending`, the most frequent first. */
function counted(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ');
}
