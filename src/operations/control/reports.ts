import { z } from 'zod';

/**
 * What the supervisor tells, as it goes over its API. Types and checks in one; the API's description is
 * made from them too.
 */
export const findingReport = z.object({
  code: z.templateLiteral(['EPH-', z.string()]),
  severity: z.enum(['info', 'warning', 'critical']),
  subject: z.object({
    node: z.string().optional(),
    network: z.string().optional(),
    layer: z.enum(['execution', 'consensus', 'validator', 'signer']).optional(),
  }),
  short: z.string(),
  long: z.string(),
  remedy: z.string(),
  facts: z.record(z.string(), z.unknown()),
});

const identityReport = z.object({
  iteration: z.number(),
  chainId: z.number(),
  genesisValidatorsRoot: z.string(),
  executionGenesisHash: z.string(),
  genesisTimeSeconds: z.number(),
});

const clientReport = z.object({
  layer: z.enum(['execution', 'consensus', 'validator']),
  client: z.string(),
  version: z.string(),
  state: z.enum(['running', 'stray', 'off', 'unknown']).describe('What the runtime says of its unit.'),
  inside: z
    .enum(['execution', 'consensus'])
    .optional()
    .describe(
      'The client in whose program it runs, when it has none of its own: the log is that one’s, and the state but for validators, which can be stopped in it.',
    ),
  url: z.string().optional().describe('Where it answers, when somebody else runs it.'),
  network: z
    .enum(['right', 'wrong', 'unknown'])
    .optional()
    .describe('Whether the client itself names the network that the node is to be on.'),
  ports: z.record(z.string(), z.number()),
  head: z.number().optional().describe('Execution: the latest block. Consensus: the head slot.'),
  syncDistance: z.number().optional().describe('Consensus: slots behind the network.'),
  lastAnswerAtMs: z
    .number()
    .optional()
    .describe('Execution, consensus: when it last answered us. Absent when it has not yet in this run.'),
  memoryBytes: z.number().optional(),
});

const resetStepReport = z.object({
  step: z.string(),
  durationMs: z.number(),
  spentOn: z.enum(['client', 'own']),
});

const resetReport = z.object({
  iteration: z.number(),
  cause: z.enum(['first', 'scheduled', 'forced']),
  previousIteration: z.number().optional(),
  scheduledAtMs: z.number(),
  startedAtMs: z.number(),
  completedAtMs: z.number().optional(),
  liveAtMs: z.number().optional(),
  steps: z.array(resetStepReport),
});

const inclusionReport = z.union([
  z.object({ included: z.literal(true), index: z.number() }),
  z.object({ included: z.union([z.literal(false), z.literal('unknown')]) }),
]);

const keyReport = z.object({
  keySet: z.string(),
  pubkey: z.templateLiteral(['0x', z.string()]),
  nextGenesis: inclusionReport.describe('By public key in the verified release of the next iteration.'),
  thisGenesis: inclusionReport.describe('The same, in that of the iteration that the node is on.'),
  state: z
    .enum(['absent', 'pending', 'active', 'exiting', 'exited', 'slashed', 'unknown'])
    .describe('In the head state of our consensus client; absent only when it is in sync and says so.'),
  status: z.string().optional().describe('The same in the words of the Beacon API.'),
  index: z.number().optional().describe('In the head state.'),
});

const nodeKeysReport = z.object({
  iteration: z.number().optional().describe('What thisGenesis is about; nextGenesis is about the one after.'),
  list: z.array(keyReport),
  notes: z.array(z.string()).describe('Why something of it is unknown.'),
});

export const nodeReport = z.object({
  name: z.string(),
  network: z.string(),
  runtime: z.string(),
  state: z
    .enum([
      'down',
      'starting',
      'resetting',
      'proven',
      'live',
      'held',
      'waiting',
      'failing',
      'elsewhere',
      'unknown',
    ])
    .describe('In one word where the node is; the facts beside it say why.'),
  doing: z.string().optional().describe('The step under way or next.'),
  wanted: z.number().optional().describe('The iteration by the clock.'),
  available: z.array(z.number()).describe('Iterations of which a verified release is on this disk.'),
  running: z.number().optional().describe('The iteration that the clients themselves name.'),
  identity: identityReport.optional().describe('The network that the node is on or is going to.'),
  held: z.boolean(),
  resetsMissed: z.number().optional().describe('Of an observed node: resets that it has not followed.'),
  nextResetAtMs: z.number(),
  reset: resetReport.optional().describe('The last reset, finished or not.'),
  clients: z.array(clientReport),
  keys: nodeKeysReport.optional().describe('The keys of its key sets; absent for a node without.'),
  findings: z.array(findingReport),
});

const fetchReport = z.object({
  what: z.string().describe('The client, or the image.'),
  bytes: z.number(),
  totalBytes: z.number().optional().describe('As far as it is known.'),
});

const supervisorReport = z.object({
  pid: z.number(),
  sinceMs: z.number(),
  memoryBytes: z.number().optional(),
  beginning: z
    .object({ fetching: z.array(fetchReport) })
    .optional()
    .describe('While it waits for the first programs of its nodes, and keeps none yet: what is on its way.'),
});

const serviceReport = z.object({
  network: z.string(),
  state: z.enum(['running', 'off', 'unknown']),
  slotSeconds: z.number(),
  periodSeconds: z.number(),
  seed: z.string(),
  beaconUrl: z.string(),
  executionUrl: z.string(),
  releasesUrl: z.string(),
});

export const rootReport = z.object({
  version: z.string(),
  root: z.string(),
  config: z.string().optional().describe('The configuration that the home serves.'),
  supervisor: supervisorReport.optional().describe('Absent when none is alive; nodes may run all the same.'),
  atMs: z.number(),
  nodes: z.array(nodeReport),
  beginsWithUp: z
    .array(z.object({ node: z.string(), network: z.string() }))
    .optional()
    .describe('Further nodes, of local networks that were never made: they begin with the next `up`.'),
  devnets: z.array(serviceReport),
  findings: z.array(findingReport).describe('Those of the home and the host; nodes have their own.'),
});

export const planReport = z.object({
  node: z.string(),
  wanted: z.number().optional(),
  target: identityReport.optional(),
  beginsWithUp: z
    .string()
    .optional()
    .describe('The local network of the node, where it was never made: it begins with the first `up`.'),
  steps: z.array(z.object({ lane: z.string(), kind: z.string(), words: z.string() })),
  fetch: z.array(z.number()).describe('Iterations whose releases would be fetched.'),
  findings: z.array(findingReport),
});

/** One thing that happened. `type` says what; the other fields are its facts. */
export const eventReport = z.looseObject({ type: z.string(), seq: z.number(), atMs: z.number() });

export const logReport = z.object({ node: z.string(), layer: z.string(), line: z.string() });

export const doneReport = z.object({ nodes: z.array(z.string()) });

export type FindingReport = z.output<typeof findingReport>;
export type NodeReport = z.output<typeof nodeReport>;
export type ClientReport = z.output<typeof clientReport>;
export type KeyReport = z.output<typeof keyReport>;
export type NodeKeysReport = z.output<typeof nodeKeysReport>;
export type RootReport = z.output<typeof rootReport>;
export type PlanReport = z.output<typeof planReport>;
export type EventReport = z.output<typeof eventReport>;
export type LogReport = z.output<typeof logReport>;
export type DoneReport = z.output<typeof doneReport>;
