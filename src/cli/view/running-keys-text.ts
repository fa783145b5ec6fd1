import { shortPublicKey } from '../../core/keys/public-key.ts';
import type { NodeKeys, RunningKey } from '../../operations/validators/running-keys.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';

export function runningKeysText({ nodes }: { readonly nodes: readonly NodeKeys[] }, style: Style): string {
  if (nodes.length === 0) return 'No node has a validator client.';
  return nodes.map((node) => nodeText(node, style)).join('\n\n');
}

function nodeText({ node, client, keys, missing, problem }: NodeKeys, style: Style): string {
  const head = ['set', 'key', 'held', 'fee recipient', 'gas limit', 'graffiti'].map((word) =>
    style.strong(word),
  );
  return [
    `${node}, ${client}`,
    ...problemText(problem, style),
    ...(keys.length === 0 ? [] : [tableText([head, ...keys.map(row)])]),
    ...(problem === undefined && keys.length === 0 ? ['It has no keys.'] : []),
    ...missing.map((key) => `It lacks ${shortPublicKey(key)} of its sets.`),
  ].join('\n');
}

function problemText(problem: NodeKeys['problem'], style: Style): readonly string[] {
  if (problem === undefined) return [];
  const { code, message, remedy } = problem;
  return [
    code === undefined ? message : `${style.warning(code)} ${message}`,
    ...(remedy === undefined ? [] : [`  ${remedy}`]),
  ];
}

function row({ keySet, key, held, feeRecipient, gasLimit, graffiti }: RunningKey): string[] {
  return [
    keySet ?? 'none',
    shortPublicKey(key),
    held,
    feeRecipient ?? '',
    `${gasLimit ?? ''}`,
    graffiti ?? '',
  ];
}
