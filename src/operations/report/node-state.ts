import type { NodeReport } from '../control/reports.ts';
import type { NodeStatus } from '../node/node-controller.ts';

/** In one word where a node is; `isKept` says whether somebody takes its steps. The facts beside it say why. */
export function nodeState({ observed, plan }: NodeStatus, isKept: boolean): NodeReport['state'] {
  const units = Object.values(observed.units).map(({ state }) => state);
  if (units.includes('unknown')) return 'unknown';
  const { reset } = observed.journal;
  const isUp = units.some((state) => state === 'running' || state === 'stray');
  const codes = plan.findings.map(({ code }) => code);
  const lane = plan.steps.filter((step) => step.lane === 'network');
  if (codes.includes('EPH-NODE-RESET-HELD')) return 'held';
  if (plan.target === undefined || plan.steps.some((step) => step.kind === 'await-release')) return 'waiting';
  if (lane.length > 0) {
    if (lane.some((step) => step.kind === 'begin-reset')) return isUp ? 'resetting' : 'down';
    if (reset?.completedAtMs !== undefined) return isUp ? 'starting' : 'down';
    if (!isUp && !isKept) return 'down';
    return reset?.cause === 'first' ? 'starting' : 'resetting';
  }
  return reset?.liveAtMs === undefined ? 'proven' : 'live';
}
