import type { PlanReport } from '../../operations/control/reports.ts';
import { beginsLater } from '../../operations/network/begins-later.ts';
import type { Style } from '../output/style.ts';

/** A node's plan for people: its steps in order, what would be fetched, what is worth telling. */
export function planText(plan: PlanReport, style: Style): string {
  const { node, target, wanted, steps, fetch, findings } = plan;
  if (plan.beginsWithUp !== undefined) return `${style.strong(node)}: ${beginsLater(plan.beginsWithUp)}.`;
  const where = target === undefined ? `iteration ${wanted ?? 'not known'}` : `iteration ${target.iteration}`;
  const lines = [
    `${style.strong(node)} on ${where}: ${steps.length === 0 ? style.good('nothing to do') : ''}`.trimEnd(),
    ...steps.map((step, index) => `  ${index + 1}. ${step.words}`),
    ...fetch.map((iteration) => `  and fetch the release of iteration ${iteration}`),
    ...findings
      .filter(({ severity }) => severity !== 'info')
      .map(({ code, long, remedy }) => `  ${style.warning(code)} ${long}\n    ${remedy}`),
  ];
  return lines.join('\n');
}
