import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import {
  type GenesisValidator,
  parseValidatorsFile,
  requireUniqueValidators,
} from '../../core/network/validators-file.ts';
import { validatorsFileErrors } from '../../core/network/validators-file-errors.ts';

/** Validators that a user places into a devnet: a file of the public repository's form each. */
export interface PlacedValidators {
  /** Of the file, without `.txt`. */
  readonly name: string;
  readonly lines: readonly string[];
  readonly count: number;
}

/** A file that is left out, and why. */
export interface LeftOutFile {
  readonly file: string;
  /** The end of a sentence. */
  readonly reason: string;
}

export interface PlacedReading {
  readonly placed: readonly PlacedValidators[];
  readonly leftOut: readonly LeftOutFile[];
}

export interface PlacedReader {
  /** Whether a key is on the curve; loads a heavy library. */
  isKey(pubkey: Uint8Array): boolean;
  readonly log: Log;
}

/**
 * The files `*.txt` in a folder, by name. One that is wrong, or that has a key of `taken` or of a file before it, is
 * left out and told: the network must come, whatever its users write.
 */
export async function readPlacedValidators(
  folder: string,
  taken: readonly GenesisValidator[],
  { isKey, log }: PlacedReader,
): Promise<PlacedReading> {
  const placed: PlacedValidators[] = [];
  const leftOut: LeftOutFile[] = [];
  let validators = taken;
  for (const file of (await filesIn(folder)).sort()) {
    try {
      const text = await readFile(join(folder, file), 'utf8');
      const found = parseValidatorsFile(file, text);
      for (const { pubkey, line } of found) {
        if (!isKey(pubkey)) throw offCurve(file, line);
      }
      validators = unique([...validators, ...found]);
      // The network's own file comes first under its own name.
      const isTaken = taken.some((validator) => validator.file === file);
      const name = `${file.slice(0, -'.txt'.length)}${isTaken ? '-placed' : ''}`;
      placed.push({ name, lines: text.split('\n'), count: found.length });
    } catch (cause) {
      const reason = messageOf(cause);
      log.error('genesis validators are left out', { file, reason });
      leftOut.push({ file, reason });
    }
  }
  return { placed, leftOut };
}

function unique(validators: readonly GenesisValidator[]): readonly GenesisValidator[] {
  requireUniqueValidators(validators);
  return validators;
}

function offCurve(file: string, line: number): Error {
  const problem = 'is no point of the curve';
  return validatorsFileErrors.create('EPH-VALIDATORS-PUBKEY', { file, line, problem });
}

/** Names that the public repository takes; `gvr_seed` and others of our own cannot be meant. */
async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  });
  return names.filter((name) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.txt$/.test(name));
}
