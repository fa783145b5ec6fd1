import type { GenesisValidator } from '../core/network/validators-file.ts';
import {
  parseValidatorsFile,
  requireUniqueValidators,
  validatorsFileLimits,
} from '../core/network/validators-file.ts';
import { validatorsFileErrors } from '../core/network/validators-file-errors.ts';
import type { InputFile } from './inputs.ts';

/** The validators of one file, which stand in the state one after the other. */
export interface NamedValidators {
  readonly name: string;
  readonly validators: readonly GenesisValidator[];
}

/** No one has the secret key of it; half of what a validator needs to be activated. Source: ephemery-genesis, build-genesis.sh. */
const seedPubkey =
  'b54b2811832ff970d1b3e048271e4fc9c0f4dcccac17683724f972203a6130d8ee7c26ec9bde0183fcede171deaddc4b';
const seedBalanceGwei = 16_000_000_000;

/**
 * All genesis validators by their files. First comes `gvr_seed`, whose credentials carry the iteration:
 * nothing else makes the validators root of one iteration differ from that of another.
 * Throws the EPH-VALIDATORS-* errors.
 */
export function genesisValidators(files: readonly InputFile[], iteration: number): NamedValidators[] {
  const credentials = `01${'0'.repeat(22)}${iteration.toString(16).padStart(40, '0')}`;
  const seed = parseValidatorsFile('gvr_seed', `${seedPubkey}:${credentials}:${seedBalanceGwei}`);
  const named = [
    { name: 'gvr_seed', validators: seed },
    ...files.map(({ name, text }) => ({ name: nameOf(name), validators: parseValidatorsFile(name, text) })),
  ];
  const all = named.flatMap(({ validators }) => validators);
  const limit = validatorsFileLimits.validators;
  if (all.length > limit)
    throw validatorsFileErrors.create('EPH-VALIDATORS-TOO-MANY', { file: 'validators/', limit });
  requireUniqueValidators(all);
  return named;
}

/** `validators/pk910-node1.txt` holds the validators of `pk910-node1`. */
function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1).replace(/\.txt$/, '');
}
