import { formatDuration } from '../../base/duration.ts';
import { defineErrors, error } from '../../base/errors.ts';

export const controlErrors = defineErrors({
  'EPH-CONTROL-UNREACHABLE': error<{ socket: string; reason: string }>({
    meaning: 'A supervisor holds the home but does not answer on its socket.',
    message: ({ socket, reason }) => `The supervisor does not answer on ${socket}: ${reason}.`,
    remedy: () =>
      'Try again in a moment. If it stays so, look at logs/supervisor.log in the home, and end the process as `ephemery doctor` says.',
  }),
  'EPH-CONTROL-ANSWER': error<{ route: string; reason: string }>({
    meaning: 'The supervisor answered something that this program does not understand.',
    message: ({ route, reason }) => `The answer to ${route} is not understood: ${reason}.`,
    remedy: () => 'The supervisor is of another version: restart it with `ephemery down` and `ephemery up`.',
  }),
  'EPH-CONTROL-REQUEST': error<{ route: string; reason: string }>({
    meaning: 'A request to the API has a wrong form.',
    message: ({ route, reason }) => `${route}: ${reason}.`,
    remedy: () => "See the API's reference.",
  }),
  'EPH-CONTROL-DENIED': error({
    meaning: 'A request to the API came without a right to it.',
    message: () => 'This request is not allowed.',
    remedy: () => 'Ask with a token that the API knows.',
  }),
  'EPH-CONTROL-NO-NODE': error<{ node: string; known: readonly string[] }>({
    meaning: 'A command names a node that the configuration does not have.',
    message: ({ node }) => `There is no node ${node}.`,
    remedy: ({ known }) => (known.length === 0 ? 'No node is configured.' : `Nodes: ${known.join(', ')}.`),
    exitCode: 2,
  }),
  'EPH-CONTROL-NO-CLIENT': error<{ node: string; layer: string; known: readonly string[] }>({
    meaning: 'A command names a client that the node or local network does not have.',
    message: ({ node, layer }) => `${node} has no ${layer}.`,
    remedy: ({ known }) => `It has ${known.join(', ')}.`,
    exitCode: 2,
  }),
  'EPH-CONTROL-LOGS-ELSEWHERE': error<{ node: string; layer: string; host: string }>({
    meaning:
      'The log was asked for of a client that runs inside the program of another and has none of its own.',
    message: ({ node, layer, host }) =>
      `The ${layer} client of ${node} runs inside its ${host} client: its lines are in that log.`,
    remedy: ({ node, host }) => `Use \`ephemery logs ${node}.${host}\`.`,
    exitCode: 2,
  }),
  'EPH-CONTROL-CONSENT': error<{ words: string }>({
    meaning: 'Something that fetches data anew was asked for, and nobody agreed to it.',
    message: ({ words }) => `This needs your consent: ${words}.`,
    remedy: () => 'Say it with `--yes`.',
    exitCode: 2,
  }),
  'EPH-CONTROL-NODE-EXTERNAL': error<{ node: string }>({
    meaning: 'A command would change a node, or read its logs, that somebody else runs.',
    message: ({ node }) => `The node ${node} is only observed: its runtime is external.`,
    remedy: () => 'Do it by the means with which that node is run, or give it another runtime.',
    exitCode: 2,
  }),
  'EPH-CONTROL-SUPERVISOR-ENDED': error<{ detail: string }>({
    meaning: 'The supervisor ended before it did what was asked.',
    message: ({ detail }) => `The supervisor ended: ${detail}.`,
    remedy: () =>
      'Look at logs/supervisor.log in the home, then run `ephemery up` again. Nodes were left as they were.',
  }),
  'EPH-CONTROL-SUPERVISOR-SILENT': error<{ pid: number; silentMs: number; lastWords: string }>({
    meaning: 'A supervisor that was started in the background neither answers nor says what it does.',
    message: ({ pid, silentMs, lastWords }) =>
      `The supervisor (process ${pid}) does not answer and has said nothing for ${formatDuration(silentMs)}; its last words: ${lastWords}.`,
    remedy: ({ pid }) =>
      `It is left running: look at logs/supervisor.log in the home, or stop it with \`kill -KILL ${pid}\` and run \`ephemery up\` in the foreground.`,
  }),
  'EPH-CONTROL-UNEXPECTED': error<{ message: string }>({
    meaning: 'Something happened in the supervisor that it has no code for: a defect.',
    message: ({ message }) => message,
    remedy: () => 'Report it with what logs/supervisor.log in the home says.',
  }),
  'EPH-CONTROL-UP-ALREADY': error<{ option: string }>({
    meaning:
      'An option of `up` was given that only a supervisor which is started with it can follow, and one is alive.',
    message: ({ option }) => `A supervisor is alive on this home already: it does not follow ${option}.`,
    remedy: ({ option }) => `Leave ${option} out, or run \`ephemery down\` first.`,
    exitCode: 2,
  }),
  'EPH-CONTROL-NOT-UP': error({
    meaning: 'A command needs a supervisor, and none is alive.',
    message: () => 'No supervisor is alive on this home.',
    remedy: () => 'Start one with `ephemery up`, or with `ephemery up --detach` in the background.',
  }),
});
