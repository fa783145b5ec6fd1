import type { Finding } from '../../findings/finding.ts';
import { releaseFindings } from '../../findings/release.ts';
import { bundleFiles } from '../bundle.ts';
import { readPayloadBlockHash } from '../genesis-state.ts';
import { hexOf, type ReleaseFiles, wholeNumber } from '../release-files.ts';
import type { VariablesFile } from '../variables-file.ts';
import type { ReleaseFacts } from './release-facts.ts';

/** What one file says of a quantity that several files speak of. */
export interface Reading<T extends string | number> {
  readonly file: string;
  readonly field: string;
  readonly value: T;
}

export interface ReleaseReadings {
  readonly iteration: readonly Reading<number>[];
  readonly tag: readonly Reading<string>[];
  readonly chainId: readonly Reading<number>[];
  readonly startSeconds: readonly Reading<number>[];
  readonly periodSeconds: readonly Reading<number>[];
  readonly genesisDelaySeconds: readonly Reading<number>[];
  readonly genesisSeconds: readonly Reading<number>[];
  readonly validatorsRoot: readonly Reading<string>[];
  readonly executionHash: readonly Reading<string>[];
  readonly depositContract: readonly Reading<string>[];
}

type Missing = (file: string, field: string) => void;

/** Collects every value that is to be cross-checked; one that its file must have and has not is a finding. */
export function readingsOf(
  facts: ReleaseFacts,
  files: ReleaseFiles,
): { readonly readings: ReleaseReadings; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const missing: Missing = (file, field) => {
    findings.push(releaseFindings.create('EPH-RELEASE-FIELD-MISSING', { file, field }));
  };
  const readings = {
    ...readNumbers(facts, missing),
    ...readTimes(facts, missing),
    ...readHashes(facts, files, missing),
  };
  return { readings, findings };
}

function readNumbers(facts: ReleaseFacts, missing: Missing) {
  const retention = variablesReader(facts.retention, missing);
  const node = variablesReader(facts.nodeVariables, missing);
  const genesis = bundleFiles.executionGenesis;
  return {
    iteration: [...retention.number('ITERATION_NUMBER'), ...node.number('ITERATION_NUMBER')],
    tag: retention.text('ITERATION_RELEASE'),
    chainId: [
      ...retention.number('CHAIN_ID'),
      ...node.number('CHAIN_ID'),
      ...configNumber(facts, 'DEPOSIT_CHAIN_ID', missing),
      ...configNumber(facts, 'DEPOSIT_NETWORK_ID'),
      ...reading([genesis, 'config.chainId'], facts.execution?.chainId, facts.execution && missing),
      ...reading([bundleFiles.besuGenesis, 'config.chainId'], facts.besu?.chainId),
      ...reading([bundleFiles.nethermindChainspec, 'params.chainID'], wholeNumber(facts.chainspec?.chainID)),
      ...reading(
        [bundleFiles.nethermindChainspec, 'params.networkID'],
        wholeNumber(facts.chainspec?.networkID),
      ),
    ],
  };
}

function readTimes(facts: ReleaseFacts, missing: Missing) {
  const retention = variablesReader(facts.retention, missing);
  const node = variablesReader(facts.nodeVariables, missing);
  const genesis = bundleFiles.executionGenesis;
  return {
    startSeconds: [
      ...retention.number('GENESIS_TIMESTAMP'),
      ...configNumber(facts, 'MIN_GENESIS_TIME', missing),
      ...reading([genesis, 'timestamp'], facts.execution?.timestampSeconds, facts.execution && missing),
      ...reading([bundleFiles.besuGenesis, 'timestamp'], facts.besu?.timestampSeconds),
    ],
    periodSeconds: [
      ...retention.number('GENESIS_RESET_INTERVAL'),
      ...configNumber(facts, 'EPHEMERY_RESET_PERIOD'),
    ],
    genesisDelaySeconds: configNumber(facts, 'GENESIS_DELAY', missing),
    genesisSeconds: [
      ...node.number('GENESIS_TIME'),
      ...reading([bundleFiles.consensusGenesis, 'genesis_time'], facts.state?.genesisTimeSeconds),
    ],
  };
}

function readHashes(facts: ReleaseFacts, files: ReleaseFiles, missing: Missing) {
  const node = variablesReader(facts.nodeVariables, missing);
  const { consensusGenesis, consensusConfig, executionGenesis } = bundleFiles;
  const oneValue = (file: string, byteLength: number, ifMissing?: Missing) => {
    const text = facts.values.get(file);
    return text === undefined ? [] : reading([file, 'value'], hexOf(text, byteLength), ifMissing);
  };
  return {
    validatorsRoot: [
      ...reading([consensusGenesis, 'genesis_validators_root'], facts.state?.genesisValidatorsRoot),
      ...oneValue(bundleFiles.validatorsRoot, 32, missing),
      ...node.hex('GENESIS_VALROOT', 32),
    ],
    executionHash: [
      ...node.hex('GENESIS_BLOCK', 32),
      ...reading([consensusGenesis, 'eth1_data.block_hash'], facts.state?.eth1BlockHash),
      ...reading([consensusGenesis, 'latest_execution_payload_header.block_hash'], payloadHash(facts, files)),
      ...oneValue(bundleFiles.depositContractBlockHash, 32, missing),
    ],
    depositContract: [
      ...reading(
        [consensusConfig, 'DEPOSIT_CONTRACT_ADDRESS'],
        facts.config?.hex('DEPOSIT_CONTRACT_ADDRESS', 20),
        facts.config && missing,
      ),
      ...oneValue(bundleFiles.depositContract, 20, missing),
      ...reading(
        [executionGenesis, 'config.depositContractAddress'],
        facts.execution?.depositContractAddress,
      ),
    ],
  };
}

/** Only states of Bellatrix to Fulu have the field; which fork the state is of stands in the config. */
function payloadHash(facts: ReleaseFacts, files: ReleaseFiles): string | undefined {
  const fork = facts.config?.forks.filter(({ epoch }) => epoch === 0).at(-1)?.fork;
  const bytes = files.get(bundleFiles.consensusGenesis);
  if (facts.state === undefined || bytes === undefined || fork === undefined) return undefined;
  return ['phase0', 'altair', 'gloas'].includes(fork) ? undefined : readPayloadBlockHash(bytes);
}

function configNumber(facts: ReleaseFacts, key: string, missing?: Missing): readonly Reading<number>[] {
  return reading([bundleFiles.consensusConfig, key], facts.config?.number(key), facts.config && missing);
}

function reading<T extends string | number>(
  [file, field]: readonly [file: string, field: string],
  value: T | undefined,
  missing?: Missing,
): readonly Reading<T>[] {
  if (value !== undefined) return [{ file, field, value }];
  missing?.(file, field);
  return [];
}

function variablesReader(variables: VariablesFile | undefined, missing: Missing) {
  const rawValue = (name: string) => variables?.variables.get(name)?.value;
  const read = <T extends string | number>(name: string, value: T | undefined) =>
    variables === undefined ? [] : reading([variables.file, name], value, missing);
  return {
    number: (name: string) => read(name, wholeNumber(rawValue(name))),
    text: (name: string) => read(name, rawValue(name) || undefined),
    hex: (name: string, byteLength: number) => read(name, hexOf(rawValue(name), byteLength)),
  };
}
