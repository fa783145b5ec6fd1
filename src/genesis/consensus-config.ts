import type { ForkName } from '../core/network/forks.ts';
import { forkNames } from '../core/network/forks.ts';
import { genesisErrors } from './errors.ts';
import type { InputFile } from './inputs.ts';
import { substitute } from './substitute.ts';
import { type RefuseTemplate, readTemplateYaml } from './template-yaml.ts';
import type { NetworkValues } from './values.ts';
import { blobScheduleEntries, farFutureEpoch, forkEpochVariable } from './values.ts';

/** What a genesis state takes from config.yaml. */
export interface ConsensusConfig {
  readonly genesisTimeSeconds: number;
  /** The highest fork at epoch 0. */
  readonly genesisFork: ForkName;
  /** The highest fork with a scheduled epoch. */
  readonly highestFork: ForkName;
  /** Four bytes each, of the forks that the configuration names. */
  readonly forkVersions: ReadonlyMap<ForkName, Uint8Array>;
  readonly depositContractAddress: string;
}

export interface RenderedConfig {
  /** The content of config.yaml. */
  readonly text: string;
  readonly config: ConsensusConfig;
}

/**
 * Makes config.yaml of its template: variables, the start in words, the blob schedule, and no epoch for
 * forks that `values` do not schedule even where the template writes the epoch itself.
 * Throws EPH-GENESIS-CONFIG and EPH-GENESIS-VARIABLE-UNKNOWN.
 */
export async function renderConsensusConfig(
  template: InputFile,
  values: NetworkValues,
): Promise<RenderedConfig> {
  const startSeconds = values.integer('GENESIS_TIMESTAMP');
  const substituted = substitute(template, values).replaceAll(
    '#HUMAN_TIME_PLACEHOLDER',
    `# ${inWords(startSeconds)}`,
  );
  const text = `${unscheduleForks(withoutBlobSchedule(substituted), values).trimEnd()}\n\n${blobSchedule(values)}`;
  // Of the form as the template has it: its lines are those that a person sees.
  await readTemplateYaml(substituted, yamlRefusal(template));
  return { text, config: await readConfig(template, text, values) };
}

/** For instance `2026-Jun-04 07:00:00 PM UTC`, the form of the public generator. */
function inWords(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const day = `${date.getUTCFullYear()}-${months[date.getUTCMonth()]}-${two(date.getUTCDate())}`;
  const hours = date.getUTCHours();
  const time = [hours % 12 === 0 ? 12 : hours % 12, date.getUTCMinutes(), date.getUTCSeconds()].map(two);
  return `${day} ${time.join(':')} ${hours < 12 ? 'AM' : 'PM'} UTC`;
}

/** The template's own list is left out: it would be a second one under the same key. */
function withoutBlobSchedule(text: string): string {
  let inside = false;
  const kept = text.split('\n').filter((line) => {
    inside = /^BLOB_SCHEDULE:/.test(line) || (inside && !/^[A-Za-z#]/.test(line));
    return !inside;
  });
  return kept.join('\n');
}

function unscheduleForks(text: string, values: NetworkValues): string {
  let changed = text;
  for (const fork of forkNames.slice(1)) {
    if (values.text(forkEpochVariable(fork)) !== farFutureEpoch) continue;
    changed = changed.replace(
      new RegExp(`^(${forkEpochVariable(fork)}:[ \\t]*)\\d+`, 'm'),
      `$1${farFutureEpoch}`,
    );
  }
  return changed;
}

/** Entries at the same epoch as their successor never come into force and are left out, as the generator does. */
function blobSchedule(values: NetworkValues): string {
  const epochOf = (entry: number) => values.text(`BPO_${entry}_EPOCH`) ?? farFutureEpoch;
  const entries = blobScheduleEntries.filter(
    (entry) => epochOf(entry) !== farFutureEpoch && epochOf(entry) !== epochOf(entry + 1),
  );
  if (entries.length === 0) return 'BLOB_SCHEDULE: []\n';
  const lines = entries.map(
    (entry) =>
      `  - EPOCH: ${values.integer(`BPO_${entry}_EPOCH`)}\n    MAX_BLOBS_PER_BLOCK: ${values.integer(`BPO_${entry}_MAX_BLOBS`)}\n`,
  );
  return `BLOB_SCHEDULE:\n${lines.join('')}`;
}

async function readConfig(
  template: InputFile,
  text: string,
  values: NetworkValues,
): Promise<ConsensusConfig> {
  const { settings: fields } = await readTemplateYaml(text, yamlRefusal(template));
  const refuse = refusalOf(template);
  refuseUnreadable(fields, refuse);
  const field = (key: string): string => {
    const value = fields[key];
    if (typeof value !== 'string' || value === '') throw refuse(`${key} is missing`);
    return value;
  };
  const address = field('DEPOSIT_CONTRACT_ADDRESS');
  if (!/^0x[0-9a-f]{40}$/i.test(address)) {
    throw refuse(`DEPOSIT_CONTRACT_ADDRESS is ${address}, not 0x and 40 hex digits`);
  }
  const whole = (key: string): number => {
    if (!/^\d{1,15}$/.test(field(key))) throw refuse(`${key} is ${field(key)}, not a whole number`);
    return Number(field(key));
  };
  // Every consensus client is built for one preset; only mainnet's is in use on networks that reset.
  if (field('PRESET_BASE') !== 'mainnet')
    throw refuse(`PRESET_BASE is ${field('PRESET_BASE')}, and only mainnet is supported`);
  if (whole('DEPOSIT_CHAIN_ID') !== values.integer('CHAIN_ID'))
    throw refuse('DEPOSIT_CHAIN_ID differs from CHAIN_ID of values.env');
  const epochs = forkEpochs(fields, values, refuse);
  const genesisFork = forkNames.findLast((fork) => epochs.get(fork) === '0') ?? 'phase0';
  return {
    genesisTimeSeconds: whole('MIN_GENESIS_TIME') + whole('GENESIS_DELAY'),
    genesisFork,
    highestFork: forkNames.findLast((fork) => epochs.get(fork) !== farFutureEpoch) ?? 'phase0',
    forkVersions: forkVersions(fields, epochs, refuse),
    depositContractAddress: address,
  };
}

/** An error about a setting, which is the first word of the problem, with its line in the template. */
function refusalOf({ name: file, text }: InputFile): (problem: string) => Error {
  const lines = text.split('\n');
  return (problem) => {
    const at = lines.findIndex((line) => line.startsWith(`${problem.split(' ')[0]}:`));
    const place = at < 0 ? {} : { line: at + 1 };
    return genesisErrors.create('EPH-GENESIS-CONFIG', { file, ...place, problem });
  };
}

/** All settings but names are numbers or bytes, and whoever reads config.yaml later would stumble over anything else. */
function refuseUnreadable(
  fields: Readonly<Record<string, unknown>>,
  refuse: (problem: string) => Error,
): void {
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value !== 'string' || key === 'CONFIG_NAME' || key === 'PRESET_BASE') continue;
    if (!/^(\d+|0x([0-9a-f]{2})+)$/i.test(value)) {
      throw refuse(
        `${key} is ${value === '' ? 'empty' : value}, neither a whole number nor 0x and hex digits`,
      );
    }
  }
}

function yamlRefusal({ name: file }: InputFile): RefuseTemplate {
  return (problem, line, cause) =>
    genesisErrors.create(
      'EPH-GENESIS-CONFIG',
      { file, ...(line === undefined ? {} : { line }), problem },
      cause,
    );
}

/** The epochs by config.yaml, which must be those by values.env: the execution genesis follows the latter. */
function forkEpochs(
  fields: Readonly<Record<string, unknown>>,
  values: NetworkValues,
  refuse: (problem: string) => Error,
): ReadonlyMap<ForkName, string> {
  const epochs = new Map<ForkName, string>([['phase0', '0']]);
  for (const fork of forkNames.slice(1)) {
    const key = forkEpochVariable(fork);
    const epoch = fields[key] ?? farFutureEpoch;
    if (epoch !== (values.text(key) ?? farFutureEpoch))
      throw refuse(`${key} is ${String(epoch)}, but ${values.text(key) ?? 'nothing'} in values.env`);
    epochs.set(fork, epoch);
  }
  return epochs;
}

function forkVersions(
  fields: Readonly<Record<string, unknown>>,
  epochs: ReadonlyMap<ForkName, string>,
  refuse: (problem: string) => Error,
): ReadonlyMap<ForkName, Uint8Array> {
  const versions = new Map<ForkName, Uint8Array>();
  for (const fork of forkNames) {
    const key = fork === 'phase0' ? 'GENESIS_FORK_VERSION' : `${fork.toUpperCase()}_FORK_VERSION`;
    const version = fields[key];
    if (version === undefined) {
      if (epochs.get(fork) === farFutureEpoch) continue;
      throw refuse(`${key} is missing`);
    }
    if (typeof version !== 'string' || !/^0x[0-9a-fA-F]{8}$/.test(version))
      throw refuse(`${key} is ${String(version)}, not four bytes of hex`);
    versions.set(fork, new Uint8Array(Buffer.from(version.slice(2), 'hex')));
  }
  return versions;
}
