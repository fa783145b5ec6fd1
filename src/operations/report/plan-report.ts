import type { Plan } from '../../core/node/plan.ts';
import { describeStep } from '../../core/node/step.ts';
import type { PlanReport } from '../control/reports.ts';

/** A node's plan, each step in the words in which it will be done. */
export function reportPlan(node: string, plan: Plan): PlanReport {
  const { wanted, target, steps, fetch, findings } = plan;
  return {
    node,
    ...(wanted === undefined ? {} : { wanted }),
    ...(target === undefined ? {} : { target }),
    steps: steps.map((step) => ({ lane: step.lane, kind: step.kind, words: describeStep(step) })),
    fetch: [...fetch],
    findings: findings.map((finding) => ({ ...finding, facts: { ...finding.facts } })),
  };
}
