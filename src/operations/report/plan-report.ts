import type { Plan } from '../../core/node/plan.ts';
import { describeStep, type Step } from '../../core/node/step.ts';
import type { PlanReport } from '../control/reports.ts';

const lanes: readonly Step['lane'][] = ['network', 'validator', 'aftercare'];

/** A node's plan with all that will follow it, each step in the words in which it will be done. */
export function reportPlan(node: string, plan: Plan): PlanReport {
  const { wanted, target, steps, later, fetch, findings } = plan;
  const all = [...steps, ...later];
  const inOrder = lanes.flatMap((lane) => all.filter((step) => step.lane === lane));
  return {
    node,
    ...(wanted === undefined ? {} : { wanted }),
    ...(target === undefined ? {} : { target }),
    steps: inOrder.map((step) => ({ lane: step.lane, kind: step.kind, words: describeStep(step) })),
    fetch: [...fetch],
    findings: findings.map((finding) => ({ ...finding, facts: { ...finding.facts } })),
  };
}
