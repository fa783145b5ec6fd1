import { defineErrors, error } from '../../base/errors.ts';
import type { ForkName } from '../network/forks.ts';

/** What a person can ask of the catalogue that it cannot give. */
export const clientErrors = defineErrors({
  'EPH-CLIENT-UNKNOWN': error<{ layer: string; client: string; known: readonly string[] }>({
    meaning: 'The configuration names a client that this version does not know.',
    message: (f) => `There is no ${f.layer} client "${f.client}".`,
    remedy: (f) => `Choose one of: ${f.known.join(', ') || 'none yet'}.`,
    exitCode: 2,
  }),
  'EPH-CLIENT-MANAGED-FLAG': error<{ client: string; argument: string; flag: string }>({
    meaning: 'The `args` of a client hold a flag that this system sets itself.',
    message: (f) => `"${f.argument}" cannot be given to ${f.client}: ${f.flag} is set by Ephemery Node.`,
    remedy: () =>
      'Remove it from `args`; data directories, ports, genesis, secrets and peers have settings of their own.',
    exitCode: 2,
  }),
  'EPH-CLIENT-MANAGED-VARIABLE': error<{ client: string; variable: string; flag: string }>({
    meaning: 'The `env` of a client holds a variable that stands for a flag which this system sets itself.',
    message: (f) =>
      `${f.variable} cannot be given to ${f.client}: it stands for ${f.flag}, which is set by Ephemery Node.`,
    remedy: () =>
      'Remove it from `env`; data directories, ports, genesis, secrets and peers have settings of their own.',
    exitCode: 2,
  }),
  'EPH-CLIENT-FORK-BEHIND': error<{
    client: string;
    version: string;
    reaches: ForkName;
    needed: ForkName;
    iteration: number;
  }>({
    meaning: 'A client does not know the highest fork that the network schedules.',
    message: (f) =>
      `${f.client} ${f.version} knows the forks up to ${f.reaches}; iteration ${f.iteration} schedules ${f.needed}.`,
    remedy: (f) => `Choose a version or a client that reaches ${f.needed}: \`ephemery plan\` lists them.`,
  }),
});
