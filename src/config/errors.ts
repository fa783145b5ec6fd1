import { defineErrors, error } from '../base/errors.ts';

/** One thing that is wrong in a file, and where. Lines and columns count from 1. */
export interface ConfigProblem {
  readonly line: number;
  readonly column: number;
  /** `nodes.home.execution`; empty for the file as a whole. */
  readonly keyPath: string;
  readonly problem: string;
  readonly remedy: string;
}

interface Problems extends Record<string, unknown> {
  readonly file: string;
  readonly problems: readonly ConfigProblem[];
}

function where(file: string, { line, column, keyPath }: ConfigProblem): string {
  return `${file}:${line}:${column}${keyPath === '' ? '' : ` ${keyPath}`}`;
}

const message = ({ file, problems }: Problems) =>
  problems.map((one) => `${where(file, one)}: ${one.problem}`).join('\n');
const remedy = ({ problems }: Problems) => [...new Set(problems.map((one) => one.remedy))].join(' ');

export const configErrors = defineErrors({
  'EPH-CONFIG-NOT-FOUND': error<{ file: string }>({
    meaning: 'The configuration file that was named does not exist.',
    message: ({ file }) => `There is no configuration file ${file}.`,
    remedy: () => 'Check --config, or write a first one with `ephemery init`.',
  }),
  'EPH-CONFIG-NONE': error<{ looked: readonly string[] }>({
    meaning: 'No configuration was given and none was found.',
    message: ({ looked }) => `There is no configuration; looked for ${looked.join(' and ')}.`,
    remedy: () =>
      'Write one with `ephemery init`, name one with --config, or begin with `ephemery up`, which writes one.',
  }),
  'EPH-CONFIG-HERE': error<{ file: string; network: string }>({
    meaning:
      'A node on the built-in configuration of a network was asked for, where there is a configuration already.',
    message: ({ file, network }) =>
      `--network ${network} begins a node without a configuration, and there is one: ${file}.`,
    remedy: () =>
      'Leave out --network to run what the file says, and change the network there; or give the command in another folder.',
    exitCode: 2,
  }),
  'EPH-CONFIG-UNREADABLE': error<{ file: string; reason: string }>({
    meaning: 'The configuration file is there but could not be read or written.',
    message: ({ file, reason }) => `${file} could not be accessed: ${reason}.`,
    remedy: () => 'Check that it is a regular UTF-8 file and that this user may read and write it.',
  }),
  'EPH-CONFIG-TOO-LARGE': error<{ file: string; limit: string }>({
    meaning: 'The configuration file is larger, deeper or more entangled than any real one.',
    message: ({ file, limit }) => `${file} exceeds the limit of ${limit}.`,
    remedy: () => 'Check that this is the file you meant; write out aliases and flatten what is nested.',
  }),
  'EPH-CONFIG-SYNTAX': error<Problems>({
    meaning: 'The configuration file is not well-formed YAML.',
    message,
    remedy,
  }),
  'EPH-CONFIG-VERSION': error<Problems>({
    meaning: 'The configuration file has a version that this program does not know.',
    message,
    remedy,
  }),
  'EPH-CONFIG-INVALID': error<Problems>({
    meaning: 'A key of the configuration file is unknown, missing, or has a value that is not allowed.',
    message,
    remedy,
  }),
  'EPH-CONFIG-RUNTIME-UNAVAILABLE': error<Problems>({
    meaning: 'A node asks for a runtime that this version does not have.',
    message,
    remedy,
  }),
  'EPH-CONFIG-EXISTS': error<{ file: string }>({
    meaning: 'A first configuration was to be written where there is one already.',
    message: ({ file }) => `${file} exists already.`,
    remedy: () => 'Edit it, choose another place with --config, or have it replaced with --force.',
  }),
  'EPH-CONFIG-SHARED-TEXT': error<{ keyPath: string }>({
    meaning: 'A client was to be switched whose lines in ephemery.yaml are those of another place too.',
    message: ({ keyPath }) =>
      `${keyPath} is written with an anchor or an alias: a change there would change something else too.`,
    remedy: ({ keyPath }) => `Write ${keyPath} out in full, and switch again.`,
    exitCode: 2,
  }),
});
