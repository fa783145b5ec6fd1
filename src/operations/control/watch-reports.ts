import { z } from 'zod';
import { recoveryKinds } from '../../core/sync/recovery.ts';
import { syncStages } from '../../core/sync/sync-stage.ts';
import { findingReport } from './reports.ts';

const layer = z.enum(['execution', 'consensus']);

const arrivalReport = z.object({
  kind: z
    .enum(['there', 'unmeasured', 'never', 'coming'])
    .describe('never: it is no faster than the network. unmeasured: too early, or not countable.'),
  inMs: z.number().optional(),
  earliestInMs: z.number().optional(),
  latestInMs: z.number().optional().describe('Absent with coming: perhaps never.'),
});

const layerSyncReport = z.object({
  layer,
  client: z.string(),
  stage: z.enum(syncStages),
  head: z.number().optional().describe('Execution: blocks. Consensus: slots.'),
  target: z.number().optional(),
  distance: z.number().optional(),
  perSecond: z.number().optional().describe('Median of the speeds between any two looks of ten minutes.'),
  perSecondLow: z.number().optional(),
  perSecondHigh: z.number().optional(),
  arrival: arrivalReport,
  stalledForMs: z.number().describe('0 while it moves, rests or is silent.'),
  history: z.array(z.object({ atMs: z.number(), head: z.number(), target: z.number() })),
});

const recoveryReport = z.object({
  kind: z.enum(recoveryKinds),
  layer,
  words: z.string(),
  needsConsent: z.boolean(),
});

export const syncReport = z.object({
  node: z.string(),
  network: z.string(),
  atMs: z.number(),
  slotSeconds: z.number().optional(),
  beganAt: z.string().optional().describe('The checkpoint provider that the consensus client began with.'),
  layers: z.array(layerSyncReport),
  recovery: z
    .array(recoveryReport)
    .describe('What to try for layers that stand still, the least harmful first.'),
  findings: z.array(findingReport),
});

const layerPeersReport = z.object({
  layer,
  client: z.string(),
  connected: z.number().optional(),
  inbound: z.number().optional().describe('Absent where the client does not say.'),
  outbound: z.number().optional(),
  clients: z.array(z.object({ client: z.string(), count: z.number() })),
  unknown: z.string().optional().describe('Why nothing is known.'),
  ports: z.string().optional().describe('What peers must reach from outside.'),
  history: z.array(z.object({ atMs: z.number(), connected: z.number() })),
});

export const peersReport = z.object({
  node: z.string(),
  network: z.string(),
  atMs: z.number(),
  layers: z.array(layerPeersReport),
  findings: z.array(findingReport),
});

export type SyncReport = z.output<typeof syncReport>;
export type LayerSyncReport = SyncReport['layers'][number];
export type PeersReport = z.output<typeof peersReport>;
export type LayerPeersReport = PeersReport['layers'][number];
