import type { PlanReport } from '../../operations/control/reports.ts';
import { beginsLater } from '../../operations/network/begins-later.ts';
import type { Style } from '../output/style.ts';

/** All plans, or why there is none. */
export function plansText(plans: readonly PlanReport[], style: Style): string {
  if (plans.length === 0)
    return 'There is nothing to plan: no node is run from here. Nodes with the runtime external are only watched.';
  return plans.map((plan) => planText(plan, style)).join('\n');
}

/** A node's plan for people: its steps in order, what would be fetched, what is worth telling. */
export function planText(plan: PlanReport, style: Style): string {
  const { node, target, wanted, steps, fetch, findings } = plan;
  if (plan.beginsWithUp !== undefined) return `${style.strong(node)}: ${beginsLater(plan.beginsWithUp)}.`;
  const where = target === undefined ? `iteration ${wanted ?? 'not known'}` : `iteration ${target.iteration}`;
  const lines = [
    `${style.strong(node)} on ${where}: ${steps.length === 0 ? idleText(plan, style) : ''}`.trimEnd(),
    ...steps.map((step, index) => `  ${index + 1}. ${step.words}`),
    ...fetch.map((iteration) => `  and fetch the release of iteration ${iteration}`),
    ...findings
      .filter(({ severity }) => severity !== 'info')
      .map(({ code, long, remedy }) => `  ${style.warning(code)} ${long}\n    ${remedy}`),
  ];
  return lines.join('\n');
}

/** Something critical keeps it from its iteration, so that nothing would be done. */
export function isBlocked(plan: PlanReport): boolean {
  return waits(plan) && plan.findings.some(({ severity }) => severity === 'critical');
}

/** Without a step a node is where it should be, or cannot get there. */
function waits({ steps, target, wanted, findings }: PlanReport): boolean {
  const isThere = target !== undefined && target.iteration === wanted;
  return steps.length === 0 && !isThere && findings.some(({ severity }) => severity !== 'info');
}

function idleText(plan: PlanReport, style: Style): string {
  return waits(plan) ? style.warning('it waits, because of what stands below') : style.good('nothing to do');
}
