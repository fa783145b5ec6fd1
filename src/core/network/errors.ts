import { defineErrors, error } from '../../base/errors.ts';

/** What can be wrong with a file that describes a network or one of its releases. */
export const networkErrors = defineErrors({
  'EPH-NETWORK-VARIABLES-SYNTAX': error<{ file: string; line: number; problem: string }>({
    meaning: 'A shell-style file of variables holds a line that is not a plain assignment.',
    message: ({ file, line, problem }) => `${file}, line ${line}: ${problem}.`,
    remedy: ({ line }) =>
      `Write line ${line} as NAME=value, NAME="value" or NAME='value'. Such files are read as data: commands and $references are not run.`,
  }),
});
