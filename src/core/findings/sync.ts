import { defineFindings, finding } from './finding.ts';

const minutes = (seconds: number) => `${Math.max(1, Math.round(seconds / 60))} min`;

/** What is worth telling of clients on the way to the head of their network. */
export const syncFindings = defineFindings({
  'EPH-SYNC-STALLED': finding<{
    node: string;
    layer: string;
    stage: string;
    head: number;
    stalledSeconds: number;
  }>({
    severity: 'critical',
    short: 'A client does not come forward',
    long: (f) =>
      `The ${f.layer} client answers, and has stood at ${f.head} (${f.stage}) for ${minutes(f.stalledSeconds)}.`,
    remedy: (f) =>
      `See its log (ephemery logs ${f.node} --layer ${f.layer}) and its peers (ephemery peers ${f.node}). What to try, the least harmful first: ephemery sync recover ${f.node} ${f.layer}.`,
  }),
  'EPH-SYNC-NEVER': finding<{ layer: string; perSecond: number; headPerSecond: number; distance: number }>({
    severity: 'warning',
    short: 'A client is no faster than its network',
    long: (f) =>
      `The ${f.layer} client is ${f.distance} behind and does ${f.perSecond.toFixed(2)} a second; the network makes ${f.headPerSecond.toFixed(2)}. At this speed it never arrives.`,
    remedy: () =>
      'See whether processor, disk or network are the limit (ephemery status), and its peers (ephemery peers).',
  }),
  'EPH-SYNC-WAITS-FOR-CONSENSUS': finding<{ waitedSeconds: number }>({
    severity: 'warning',
    short: 'Both clients wait for each other',
    long: (f) =>
      `For ${minutes(f.waitedSeconds)} the consensus client has waited for its execution client, which is told of no head to go to.`,
    remedy: () =>
      'See the log of the consensus client for errors of the Engine API: ephemery logs --layer consensus.',
  }),
});
