import { defineErrors, error } from '../../base/errors.ts';

/** What can be wrong with a file that describes a network or one of its releases. */
export const networkErrors = defineErrors({
  'EPH-NETWORK-VARIABLES-SYNTAX': error<{ file: string; line: number; problem: string }>({
    meaning: 'A shell-style file of variables holds a line that is not a plain assignment.',
    message: ({ file, line, problem }) => `${file}, line ${line}: ${problem}.`,
    remedy: ({ line }) =>
      `Write line ${line} as NAME=value, NAME="value" or NAME='value'. Such files are read as data: commands and $references are not run.`,
  }),
  'EPH-NETWORK-DEFINITION-FIELD': error<{ file: string; field: string; problem: string }>({
    meaning: 'The file that defines a network has a field that is missing, unknown or of the wrong form.',
    message: ({ file, field, problem }) => `${file}: ${field}: ${problem}.`,
    remedy: ({ file, field }) =>
      `Change or remove ${field} in ${file}; how a network is defined is in docs/how-to.`,
    exitCode: 2,
  }),
  'EPH-NETWORK-DEFINITION-UNREADABLE': error<{ file: string; problem: string }>({
    meaning: 'The file that defines a network cannot be read or is not YAML.',
    message: ({ file, problem }) => `The network definition ${file} cannot be read: ${problem}.`,
    remedy: ({ file }) => `Check that ${file} exists, can be read by you, and is YAML.`,
    exitCode: 2,
  }),
});
