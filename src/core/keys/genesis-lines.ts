import { type GenesisValidator, parseValidatorsFile } from '../network/validators-file.ts';
import { gweiPerEth } from './amount.ts';
import { isOverCounted } from './compounding.ts';
import { publicKeyOf } from './public-key.ts';
import { kindOfCredentials } from './withdrawal-credentials.ts';

/** The lines of a file for the public repository: `pubkey:withdrawal_credentials:balance_gwei`, after one that says whose they are. */
export function genesisFileText(
  name: string,
  keys: readonly { readonly pubkey: string; readonly withdrawalCredentials: Uint8Array }[],
  balanceGwei: number,
): string {
  const lines = keys.map(({ pubkey, withdrawalCredentials }) => {
    // As the files of others have it: 0x before the key alone.
    return `${pubkey}:${Buffer.from(withdrawalCredentials).toString('hex')}:${balanceGwei}`;
  });
  return [`# ${name}`, ...lines, ''].join('\n');
}

/** One file of `validators/`. */
export interface ValidatorsText {
  /** Without its folder. */
  readonly name: string;
  readonly text: string;
}

export interface GenesisPreview {
  /** Where our first and last validator would be. */
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly validators: number;
  readonly files: number;
}

export interface GenesisLint {
  /** What would have the pull request refused. */
  readonly problems: readonly string[];
  /** What is allowed and unusual. */
  readonly remarks: readonly string[];
  readonly preview: GenesisPreview;
}

/** The dummy validator that carries the iteration comes first. Source: ephemery-genesis, build-genesis.sh. */
const seedValidators = 1;
const usualGwei = [32 * gweiPerEth, 1024 * gweiPerEth];
const usualFileName = /^[A-Za-z0-9][A-Za-z0-9._-]*-node\d+\.txt$/;
const usualMostKeys = 2_500;

/**
 * Holds a new file against all that are there, in the order in which genesis takes them. Throws the EPH-VALIDATORS-*
 * errors for lines that are malformed, in any file.
 */
export function lintGenesisFile(own: ValidatorsText, others: readonly ValidatorsText[]): GenesisLint {
  const files = [...others.filter(({ name }) => name !== own.name), own].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  const read = files.map(({ name, text }) => ({ name, validators: parseValidatorsFile(name, text) }));
  const ours = read.find(({ name }) => name === own.name)?.validators ?? [];
  const before = read.slice(
    0,
    read.findIndex(({ name }) => name === own.name),
  );
  const firstIndex = seedValidators + before.reduce((sum, { validators }) => sum + validators.length, 0);
  return {
    problems: [...(ours.length === 0 ? ['it has no validators'] : []), ...repeated(read, own.name)],
    remarks: remarksOn(own.name, ours),
    preview: {
      firstIndex,
      lastIndex: firstIndex + ours.length - 1,
      validators: seedValidators + read.reduce((sum, { validators }) => sum + validators.length, 0),
      files: read.length,
    },
  };
}

type ReadFile = { readonly name: string; readonly validators: readonly GenesisValidator[] };

/** Our keys that stand in another file, or twice in ours. */
function repeated(files: readonly ReadFile[], own: string): readonly string[] {
  const places = new Map<string, string>();
  for (const { name, validators } of files.filter((file) => file.name !== own))
    for (const { pubkey, line } of validators) places.set(publicKeyOf(pubkey), `${name}, line ${line}`);
  const ours = files.find(({ name }) => name === own)?.validators ?? [];
  return ours.flatMap(({ pubkey, line }) => {
    const key = publicKeyOf(pubkey);
    const first = places.get(key);
    places.set(key, `line ${line}`);
    return first === undefined ? [] : [`line ${line}: ${key} stands already in ${first}`];
  });
}

function remarksOn(name: string, ours: readonly GenesisValidator[]): readonly string[] {
  const kinds = new Set(ours.map(({ withdrawalCredentials }) => withdrawalCredentials[0]));
  const odd = ours.filter(({ balanceGwei }) => !usualGwei.includes(balanceGwei));
  const idle = ours.filter(({ withdrawalCredentials, balanceGwei }) =>
    isOverCounted(kindOfCredentials(withdrawalCredentials), balanceGwei),
  );
  const found: [boolean, string][] = [
    [!usualFileName.test(name), `files are called <name>-node<number>.txt; ${name} is not`],
    [kinds.has(0), '0x00 credentials were converted by the maintainers; use 0x01 or 0x02'],
    [
      odd.length > 0,
      `${odd.length} validators have another balance than 32 or 1024 ETH, which all others have`,
    ],
    [
      idle.length > 0,
      `${idle.length} validators have more than the 32 ETH that count without 0x02 credentials; what is over is not staked`,
    ],
    [
      ours.length > usualMostKeys,
      `${ours.length} validators are more than any file has: ask the maintainers first`,
    ],
  ];
  return found.flatMap(([is, what]) => (is ? [what] : []));
}
