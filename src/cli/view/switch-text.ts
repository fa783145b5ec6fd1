import type { ClientSwitch, SwitchReport } from '../../operations/clients/switch-client.ts';
import type { Style } from '../output/style.ts';
import { isBlocked, planText } from './plan-text.ts';

const next = {
  nothing: 'Nothing is changed.',
  file: 'The configuration is changed; the next `ephemery up` does this.',
  applied: 'The configuration is changed, and the supervisor does this now.',
} as const;

/** What is done of a switch that the node would not follow. */
const held = {
  nothing:
    'Nothing is changed. With these clients the node would stay as it is, because of what stands above.',
  file: 'The configuration is changed; the node stays as it is until what stands above is mended.',
  applied: 'The configuration is changed; the node stays as it is until what stands above is mended.',
} as const;

/** Something critical keeps the node from its iteration, or one of the new clients from being started where it is. */
export function isHeldUp({ switches, plan }: Pick<SwitchReport, 'switches' | 'plan'>): boolean {
  const { findings, steps } = plan;
  const critical = findings.filter(({ severity }) => severity === 'critical');
  const isKept = ({ layer }: ClientSwitch) => {
    const lane = layer === 'validator' ? 'validator' : 'network';
    const starts = steps.some((step) => step.kind === 'start' && step.lane === lane);
    return !starts && critical.some(({ subject }) => subject.layer === layer);
  };
  return isBlocked(plan) || switches.some(isKept);
}

/** A switch of clients, for people. */
export function switchText(report: SwitchReport, style: Style): string {
  const { node, file, switches, plan, done } = report;
  if (switches.length === 0) return `The node ${node} has these clients already.`;
  const lines = switches.flatMap(({ layer, from, to, kept, restored }) => [
    `${node}.${layer}: ${from} -> ${to}`,
    ...(kept.length === 0 ? [] : [`  Kept for a way back to ${from}: ${kept.join(', ')}`]),
    ...(restored.length === 0 ? [] : [`  In effect again for ${to}: ${restored.join(', ')}`]),
  ]);
  return [
    ...lines,
    '',
    planText(plan, style),
    '',
    `${(isHeldUp(report) ? held : next)[done]} ${style.faint(file)}`,
  ].join('\n');
}
