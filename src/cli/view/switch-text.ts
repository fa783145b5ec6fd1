import type { SwitchReport } from '../../operations/clients/switch-client.ts';
import type { Style } from '../output/style.ts';
import { planText } from './plan-text.ts';

const next = {
  nothing: 'Nothing is changed.',
  file: 'The configuration is changed; the next `ephemery up` does this.',
  applied: 'The configuration is changed, and the supervisor does this now.',
} as const;

/** A switch of clients, for people. */
export function switchText({ node, file, switches, plan, done }: SwitchReport, style: Style): string {
  if (switches.length === 0) return `The node ${node} has these clients already.`;
  const lines = switches.map(({ layer, from, to, dropped }) => {
    const gone = dropped.length === 0 ? '' : ` (dropped: ${dropped.join(', ')})`;
    return `${node}.${layer}: ${from} -> ${to}${gone}`;
  });
  return [...lines, '', planText(plan, style), '', `${next[done]} ${style.faint(file)}`].join('\n');
}
