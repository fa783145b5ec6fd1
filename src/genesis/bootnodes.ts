import type { InputFile } from './inputs.ts';

/** The lines of a list of bootnodes, without blank ones and comments. */
function listedLines(file: InputFile): string[] {
  return file.text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

export function enodesOf(file: InputFile): string[] {
  return listedLines(file);
}

/**
 * The node records that a release publishes. Only records that are written out (`enr:…`) can be: for lines
 * like `lighthouse:<name>:<ip>:<port>` the public network mints a new key in each iteration and hands it,
 * encrypted, to the operator, whose node a key of ours would not be.
 */
export function enrsOf(file: InputFile): string[] {
  return listedLines(file).filter((line) => line.startsWith('enr:'));
}
