import { basename, dirname, relative, resolve, sep } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-files.ts';
import { neverActive, overCounted } from '../../core/keys/compounding.ts';
import {
  type GenesisLint,
  genesisFileText,
  lintGenesisFile,
  type ValidatorsText,
} from '../../core/keys/genesis-lines.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { addressCredentials } from '../../core/keys/withdrawal-credentials.ts';
import { type BackupChoice, type BackupServices, backUpBefore } from '../backup/backup-before.ts';
import { defined } from '../node/defined.ts';
import type { DepositWish } from './deposit-entries.ts';
import { keyUseErrors } from './errors.ts';
import { allChosenKeys, type KeyChoice, keySetStore } from './key-sets.ts';
import { isThere, newPath, writablePath } from './output-files.ts';

export interface GenesisFileWish {
  readonly choice: KeyChoice;
  /** Whose keys they are: the first part of the file's name. */
  readonly name: string;
  /** Which of their nodes. */
  readonly node: number;
  readonly deposit: Pick<DepositWish, 'credentials' | 'address' | 'amountGwei'>;
  /** A folder in the layout of the public network's repository, to be held against. */
  readonly inputs?: string | undefined;
  /** The folder to write into: `validators/` of the inputs when absent. */
  readonly out?: string | undefined;
  /** Who is in a genesis must not be lost before it: keys are backed up first. */
  readonly backup: BackupChoice;
}

export interface GenesisFileReport {
  readonly file: string;
  readonly keys: readonly PublicKey[];
  /** Held against every other file; without inputs only when a file of the same folder has the keys already. */
  readonly lint?: GenesisLint;
  /** When some of the balances will not count. */
  readonly warning?: string;
  /** What is to be done now, in order. */
  readonly steps: readonly string[];
}

/**
 * Writes the file with which keys become genesis validators, held against all that are there. It holds no secret. Throws
 * EPH-KEYS-CREDENTIALS, EPH-KEYS-NO-SET, EPH-KEYS-OUTPUT-EXISTS, EPH-KEYS-OUTPUT-UNWRITABLE, EPH-VALIDATORS-*, EPH-GENESIS-INPUT-*,
 * EPH-BACKUP-BEFORE.
 */
export async function genesisFile(
  services: BackupServices,
  wish: GenesisFileWish,
): Promise<GenesisFileReport> {
  const { host } = services;
  const { credentials, address, amountGwei } = wish.deposit;
  if (address === undefined || credentials === '0x00')
    throw keyUseErrors.create('EPH-KEYS-CREDENTIALS', {
      problem: 'Genesis validators need an address for withdrawals',
    });
  const inputs = wish.inputs === undefined ? undefined : resolve(host.workingDirectory, wish.inputs);
  const folder = wish.out ?? (inputs === undefined ? '.' : resolve(inputs, 'validators'));
  const file = await newPath(
    host,
    resolve(host.workingDirectory, folder, `${wish.name}-node${wish.node}.txt`),
  );
  const places = await allChosenKeys(keySetStore(services.paths), wish.choice);
  const withdrawalCredentials = addressCredentials(credentials, address);
  const keys = places.map(({ key }) => key);
  const text = genesisFileText(
    wish.name,
    keys.map((pubkey) => ({ pubkey, withdrawalCredentials })),
    amountGwei,
  );
  const own = { name: basename(file), text };
  const lint = lintOf(await lintAgainst(inputs, own), await problemsBeside(dirname(file), own));
  if (lint === undefined || lint.problems.length === 0) {
    await writablePath(host, file);
    await backUpBefore(services, { ...wish.backup, purpose: 'keys genesis-file' });
    await writeFileAtomic(file, text, { mode: 0o644 });
  }
  return {
    file,
    keys,
    ...defined({ lint, warning: overCounted(credentials, amountGwei) ?? neverActive(amountGwei) }),
    steps: stepsFor(services, wish, file),
  };
}

/** Without inputs there is only something to say when the file is refused for what lies in its folder. */
function lintOf(ofInputs: GenesisLint | undefined, beside: GenesisLint | undefined): GenesisLint | undefined {
  if (beside === undefined || beside.problems.length === 0) return ofInputs;
  const problems = [...new Set([...(ofInputs?.problems ?? []), ...beside.problems])];
  return { ...(ofInputs ?? beside), problems };
}

/** Held against the other files of the folder that it goes to; what is no file of validators there does not count. */
async function problemsBeside(folder: string, own: ValidatorsText): Promise<GenesisLint | undefined> {
  if (!(await isThere(folder).catch(() => false))) return undefined;
  const { readValidatorFiles } = await import('../../genesis/read-inputs.ts');
  const { parseValidatorsFile } = await import('../../core/network/validators-file.ts');
  const files = await readValidatorFiles(dirname(folder), basename(folder)).catch(() => []);
  const others = files.flatMap(({ name, text }) => {
    try {
      return parseValidatorsFile(name, text).length === 0 ? [] : [{ name: basename(name), text }];
    } catch {
      return [];
    }
  });
  return lintGenesisFile(own, others);
}

async function lintAgainst(inputs: string | undefined, own: ValidatorsText) {
  if (inputs === undefined) return undefined;
  const { readValidatorFiles } = await import('../../genesis/read-inputs.ts');
  const others = await readValidatorFiles(inputs);
  return lintGenesisFile(
    own,
    others.map(({ name, text }) => ({ name: basename(name), text })),
  );
}

function stepsFor({ paths }: BackupServices, { name }: GenesisFileWish, file: string): readonly string[] {
  const [network, inside, ...deeper] = relative(paths.devnets, file).split(sep);
  return deeper.length === 1 && inside === 'genesis-validators' && network !== '..'
    ? localSteps(network ?? '')
    : publicSteps(name, basename(file));
}

function localSteps(network: string): readonly string[] {
  return [
    `The local network ${network} takes the file into the next genesis that it makes, a short while before the reset.`,
    `\`ephemery keys list --network ${network}\` then shows each key at its index.`,
  ];
}

/** What the maintainers ask of a pull request. Source: ephemery-genesis, README and its pull requests. */
function publicSteps(name: string, file: string): readonly string[] {
  return [
    'Deposit at least the first key on the current iteration and let it attest: the maintainers ask for that proof.',
    `Fork the repository of the network’s genesis (ephemery-testnet/ephemery-genesis) and add validators/${file}.`,
    `Add ${name} with its clients to client-pairs.md.`,
    'Open a pull request to master; it is taken into the next release after it was merged.',
    'Once the next release is out, about two hours before the reset: `ephemery network fetch`, then `ephemery keys list`, which proves each key by its public key.',
  ];
}
