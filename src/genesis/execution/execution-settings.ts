import { forkNames } from '../../core/network/forks.ts';
import { genesisErrors } from '../errors.ts';
import type { TemplateYaml } from '../template-yaml.ts';
import { farFutureEpoch, forkEpochVariable, type NetworkValues } from '../values.ts';
import { cancunBlobs } from './chain-config.ts';

/** Those that are read, or that serve the generator alone. */
const free = ['mnemonic', 'el_premine', 'el_premine_addrs', 'additional_preloaded_contracts'];

/** Which variable says the same; the names are those of the public generator's template. */
const variables: Readonly<Record<string, string>> = {
  preset_base: 'PRESET_BASE',
  chain_id: 'CHAIN_ID',
  genesis_timestamp: 'GENESIS_TIMESTAMP',
  genesis_delay: 'GENESIS_DELAY',
  genesis_gaslimit: 'GENESIS_GASLIMIT',
  genesis_difficulty: 'GENESIS_DIFFICULTY',
  slot_duration_in_seconds: 'SLOT_DURATION_IN_SECONDS',
  terminal_total_difficulty: 'TERMINAL_TOTAL_DIFFICULTY',
  target_blobs_per_block_prague: 'TARGET_BLOBS_PER_BLOCK_ELECTRA',
  max_blobs_per_block_prague: 'MAX_BLOBS_PER_BLOCK_ELECTRA',
  basefee_update_fraction_prague: 'BASEFEE_UPDATE_FRACTION_ELECTRA',
};

/** Osaka has the blobs of Prague. */
const osaka = /^(target_blobs_per_block|max_blobs_per_block|basefee_update_fraction)_osaka$/;

interface Around {
  readonly file: string;
  readonly values: NetworkValues;
  /** Of cl-config.yaml. */
  readonly depositContractAddress: string;
}

/**
 * The execution genesis follows values.env: a setting of el-config.yaml that says something else, or that nobody knows,
 * would be dropped without a word. Throws EPH-GENESIS-CONFIG with its line.
 */
export function refuseOtherSettings(yaml: TemplateYaml, around: Around): void {
  const refuse = (key: string, problem: string) => {
    const line = yaml.lineOf([key]);
    const place = line === undefined ? {} : { line };
    return genesisErrors.create('EPH-GENESIS-CONFIG', { file: around.file, ...place, problem });
  };
  for (const [key, value] of Object.entries(yaml.settings)) {
    if (free.includes(key)) continue;
    const meant = meantBy(key, around);
    if (meant === undefined) {
      throw refuse(key, `${key} is no setting that is known; accounts are listed under el_premine_addrs`);
    }
    if (value !== '' && !isSame(String(value), meant.value)) {
      throw refuse(key, `${key} is ${String(value)}, but ${meant.value} by ${meant.source}`);
    }
  }
}

/** What a setting has to say; undefined when it is none. */
function meantBy(
  key: string,
  { values, depositContractAddress }: Around,
): { readonly source: string; readonly value: string } | undefined {
  if (key === 'deposit_contract_address') return { source: 'cl-config.yaml', value: depositContractAddress };
  const cancun = cancunSettings[key];
  if (cancun !== undefined) return { source: 'EIP-4844', value: String(cancun) };
  const variable = variables[key.replace(osaka, '$1_prague')] ?? forkVariables.get(key);
  const value = variable === undefined ? undefined : values.text(variable);
  return value === undefined ? undefined : { source: `values.env (${variable})`, value };
}

const cancunSettings: Readonly<Record<string, number>> = {
  target_blobs_per_block_cancun: cancunBlobs.target,
  max_blobs_per_block_cancun: cancunBlobs.max,
  basefee_update_fraction_cancun: cancunBlobs.baseFeeUpdateFraction,
};

const forkVariables: ReadonlyMap<string, string> = new Map(
  forkNames.slice(1).map((fork) => [`${fork}_fork_epoch`, forkEpochVariable(fork)]),
);

function isSame(found: string, meant: string): boolean {
  // Forks after the last one wanted are taken off the schedule, whatever a template says.
  if (meant === farFutureEpoch) return true;
  const isNumber = (text: string) => /^\d+$/.test(text);
  if (isNumber(found) && isNumber(meant)) return BigInt(found) === BigInt(meant);
  return found.toLowerCase() === meant.toLowerCase();
}
