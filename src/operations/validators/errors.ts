import { defineErrors, error } from '../../base/errors.ts';

/** What can go wrong when validators are started, stopped, moved and claimed. */
export const validatorErrors = defineErrors({
  'EPH-VALIDATORS-NOT-OURS': error<{ keySet: string; owner: string; why: string; remedy: string }>({
    meaning: 'A key set belongs to another node or installation, or this home is a copy.',
    message: (f) => `The key set ${f.keySet} cannot sign here: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'EPH-VALIDATORS-STILL-SIGNING': error<{ nodes: readonly string[]; reason: string }>({
    meaning: 'A halt could not see every signer end.',
    message: (f) => `It is not certain that the signers of ${f.nodes.join(', ')} have ended: ${f.reason}.`,
    remedy: () =>
      'Give the command again; if that does not help, end the program by hand. None is started again.',
  }),
  'EPH-VALIDATORS-RUNNING': error<{ node: string }>({
    meaning: 'Slashing protection was to be exported while its validator client runs.',
    message: (f) => `The validator client of ${f.node} runs, and could sign what the file would not have.`,
    remedy: (f) => `Stop it first: ephemery validators stop ${f.node}.`,
  }),
  'EPH-VALIDATORS-NO-NETWORK': error<{ node: string }>({
    meaning:
      'A node has not been on a network yet, or its release is gone, so that it has no slashing protection to speak of.',
    message: (f) => `It is not known which network ${f.node} is on.`,
    remedy: () => 'Bring the node up first: ephemery up.',
  }),
  'EPH-VALIDATORS-MOVING-ELSEWHERE': error<{ keySet: string; to: string }>({
    meaning: 'A key set was to be moved while it is on its way to another node.',
    message: (f) => `The key set ${f.keySet} is on its way to ${f.to}.`,
    remedy: (f) => `Finish that first: ephemery validators move ${f.keySet} --to ${f.to}.`,
  }),
  'EPH-VALIDATORS-MOVE-OVERTAKEN': error<{ keySet: string }>({
    meaning: 'The record of a key set was changed by somebody else while it was moved.',
    message: (f) => `Somebody else changed whose the key set ${f.keySet} is while it was moved.`,
    remedy: (f) => `See whose it is now in keys/${f.keySet}/owner.json, and give the command again.`,
  }),
  'EPH-VALIDATORS-CLIENT-OFF': error<{ node: string; orders: 'run' | 'stop' | 'halt'; reason: string }>({
    meaning: 'A validator client was asked for its keys and does not run.',
    message: (f) =>
      f.orders === 'run'
        ? `The validator client of ${f.node} does not run.`
        : `The validator client of ${f.node} does not run: it was ${f.orders === 'halt' ? 'halted' : 'stopped'} (${f.reason}).`,
    remedy: (f) =>
      f.orders === 'run'
        ? 'What it waits for stands in `ephemery status`; if nothing is up, begin with `ephemery up`.'
        : `To go on: ephemery validators start ${f.node}.`,
  }),
  'EPH-VALIDATORS-CLIENT-SILENT': error<{ node: string; url: string }>({
    meaning: 'A validator client that runs does not answer on its Keymanager API.',
    message: (f) => `The validator client of ${f.node} runs, but does not answer at ${f.url} yet.`,
    remedy: (f) =>
      `One that has just started needs a moment, and some answer from the genesis on. Its own words: ephemery logs ${f.node}.validator.`,
  }),
  'EPH-VALIDATORS-UNKNOWN-SET': error<{ keySet: string; known: readonly string[] }>({
    meaning: 'A command names a key set that no node of the configuration has.',
    message: (f) => `No node has the key set ${f.keySet}; there are: ${f.known.join(', ') || 'none'}.`,
    remedy: () => 'Name a key set of the configuration.',
    exitCode: 2,
  }),
  'EPH-VALIDATORS-NO-CLIENT': error<{ node: string; config: string }>({
    meaning:
      'Keys were to be moved to a node without a validator client, or in a configuration that has no file; or what a client signed was to be exported, and its node has none any more.',
    message: (f) => `${f.node} has no validator client in ${f.config}.`,
    remedy: () => 'Give the node a validator client in ephemery.yaml first.',
    exitCode: 2,
  }),
  'EPH-VALIDATORS-UNKNOWN-NODE': error<{ node: string; known: readonly string[] }>({
    meaning: 'A command names a node that this home does not have.',
    message: (f) => `There is no node ${f.node} here; there are: ${f.known.join(', ') || 'none'}.`,
    remedy: () => 'See the nodes with: ephemery status.',
    exitCode: 2,
  }),
});
