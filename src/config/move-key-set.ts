import { isScalar, isSeq } from 'yaml';
import { parseConfigDocument } from './document.ts';

/**
 * The text of a configuration in which a key set is another node's, its comments kept. Moved already: the same
 * text. Throws EPH-CONFIG-SYNTAX and EPH-CONFIG-TOO-LARGE.
 */
export function moveKeySet(
  text: string,
  file: string,
  move: { keySet: string; from: string; to: string },
): string {
  const { keySet, from, to } = move;
  const { document } = parseConfigDocument(text, file);
  const given = document.getIn(listOf(from), true);
  const taken = document.getIn(listOf(to), true);
  if (isSeq(given)) {
    given.items = given.items.filter((item) => !(isScalar(item) && item.value === keySet));
  }
  if (!isSeq(taken)) document.setIn(listOf(to), [keySet]);
  else if (!taken.items.some((item) => isScalar(item) && item.value === keySet))
    taken.add(document.createNode(keySet));
  return document.toString({ lineWidth: 0 });
}

function listOf(node: string): readonly string[] {
  return ['nodes', node, 'validator', 'keySets'];
}
