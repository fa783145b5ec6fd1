import { defineFindings, finding } from './finding.ts';
import { secondsText } from './seconds-text.ts';

/** What is worth telling of checkpoint sync and of those who serve checkpoints. */
export const checkpointFindings = defineFindings({
  'EPH-CHECKPOINT-NONE': finding<{ reason: string }>({
    severity: 'warning',
    short: 'No checkpoint can be trusted, so the node syncs from genesis',
    long: (f) => `The consensus client begins at genesis: ${f.reason}. It takes longer and is as safe.`,
    remedy: () =>
      'Nothing, if the wait does not hurt. Else add a provider of your own (nodes.<name>.checkpoint.providers).',
  }),
  'EPH-CHECKPOINT-WAITING': finding<{ reason: string; leftSeconds: number }>({
    severity: 'info',
    short: 'The node waits for checkpoint providers',
    long: (f) =>
      `No checkpoint can be trusted yet: ${f.reason}. In ${secondsText(f.leftSeconds)} it syncs from genesis.`,
    remedy: () =>
      'It goes on by itself. To begin at genesis at once: `checkpoint: { off: true }` on the node.',
  }),
  'EPH-CHECKPOINT-PROVIDER': finding<{ target: string; reason: string; detail: string }>({
    severity: 'warning',
    short: 'A checkpoint provider is not used',
    long: (f) => `${f.target} is not used (${f.reason}): ${f.detail}.`,
    remedy: () => 'If it is yours, see that it follows the current iteration. Others were asked instead.',
  }),
  'EPH-CHECKPOINT-OTHER': finding<{
    node: string;
    epoch: number;
    agreed: string;
    found: string;
    provider: string;
  }>({
    severity: 'critical',
    short: 'The consensus client did not begin with the checkpoint that was agreed on',
    long: (f) =>
      `For epoch ${f.epoch} providers agree on ${f.agreed}, and the consensus client, which began at ${f.provider}, has ${f.found}. It may follow a chain that nobody else is on, so nothing is signed on it.`,
    remedy: (f) =>
      `Begin at another provider: \`ephemery sync recover ${f.node} consensus --do next-provider\`. Then see whose the first one is, and remove it from the configuration.`,
  }),
  'EPH-CHECKPOINT-DISAGREE': finding<{
    epoch: number;
    one: string;
    oneRoot: string;
    other: string;
    otherRoot: string;
  }>({
    severity: 'warning',
    short: 'Checkpoint providers disagree about what is finalized',
    long: (f) => `For epoch ${f.epoch} ${f.one} says ${f.oneRoot}, and ${f.other} says ${f.otherRoot}.`,
    remedy: () =>
      'One of them is on another chain or lies. Only a provider that more others confirm than contradict is used; compare with a node that you trust.',
  }),
});
