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
  const lines = switches.flatMap(({ layer, from, to, kept, restored }) => [
    `${node}.${layer}: ${from} -> ${to}`,
    ...(kept.length === 0 ? [] : [`  Kept for a way back to ${from}: ${kept.join(', ')}`]),
    ...(restored.length === 0 ? [] : [`  In effect again for ${to}: ${restored.join(', ')}`]),
  ]);
  return [...lines, '', planText(plan, style), '', `${next[done]} ${style.faint(file)}`].join('\n');
}
