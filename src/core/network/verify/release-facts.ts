import { messageOf } from '../../../base/errors.ts';
import type { Finding } from '../../findings/finding.ts';
import { releaseFindings } from '../../findings/release.ts';
import { bundleFiles } from '../bundle.ts';
import { type ConsensusConfig, readConsensusConfig } from '../consensus-config.ts';
import { type ExecutionGenesis, fieldsOf, readExecutionGenesis } from '../execution-genesis.ts';
import { type GenesisState, readGenesisState } from '../genesis-state.ts';
import { type NodeRecords, parseEnodes, parseEnrs } from '../node-records.ts';
import { type ReleaseFiles, textOf } from '../release-files.ts';
import { parseVariablesFile, type VariablesFile } from '../variables-file.ts';

/** Every file of a release that is checked, parsed; those absent or unreadable are undefined and found out about. */
export interface ReleaseFacts {
  readonly retention: VariablesFile | undefined;
  readonly nodeVariables: VariablesFile | undefined;
  readonly config: ConsensusConfig | undefined;
  readonly execution: ExecutionGenesis | undefined;
  readonly besu: ExecutionGenesis | undefined;
  /** `params` of Nethermind's chainspec. */
  readonly chainspec: Readonly<Record<string, unknown>> | undefined;
  readonly state: GenesisState | undefined;
  readonly enodes: NodeRecords;
  readonly enrs: NodeRecords;
  /** Contents of the small one-value files by path, trimmed. */
  readonly values: ReadonlyMap<string, string>;
}

export interface ParsedRelease {
  readonly facts: ReleaseFacts;
  readonly findings: readonly Finding[];
}

/** YAML in the failsafe schema: every scalar stays text. Throws on anything that is no YAML. */
export type ParseYaml = (text: string) => unknown;

const required = [
  bundleFiles.executionGenesis,
  bundleFiles.consensusConfig,
  bundleFiles.consensusGenesis,
  bundleFiles.validatorsRoot,
  bundleFiles.nodeVariables,
  bundleFiles.retention,
];
const oneValueFiles = [
  bundleFiles.validatorsRoot,
  bundleFiles.depositContract,
  bundleFiles.depositContractBlockHash,
];

/** Parses the files of a release. Each that is missing, empty or unreadable becomes a finding. */
export function parseRelease(files: ReleaseFiles, parseYaml: ParseYaml): ParsedRelease {
  const findings: Finding[] = required
    .filter((file) => (files.get(file)?.length ?? 0) === 0)
    .map((file) => releaseFindings.create('EPH-RELEASE-FILE-MISSING', { file }));
  const unreadable = (file: string, problem: string): undefined => {
    findings.push(releaseFindings.create('EPH-RELEASE-FILE-UNREADABLE', { file, problem }));
  };
  const parse = <T>(file: string, parser: (text: string) => T): T | undefined => {
    if ((files.get(file)?.length ?? 0) === 0) return undefined;
    const text = textOf(files, file);
    if (text === undefined) return unreadable(file, 'it is not text');
    try {
      return parser(text);
    } catch (thrown) {
      return unreadable(file, messageOf(thrown).split('\n')[0] ?? '');
    }
  };
  const values = oneValueFiles.flatMap((file) => {
    const value = parse(file, (text) => text.trim());
    return value === undefined ? [] : [[file, value] as const];
  });
  parse(bundleFiles.bootstrapNodesYaml, parseYaml);
  const facts: ReleaseFacts = {
    retention: parse(bundleFiles.retention, (text) => parseVariablesFile(bundleFiles.retention, text)),
    nodeVariables: parse(bundleFiles.nodeVariables, (text) =>
      parseVariablesFile(bundleFiles.nodeVariables, text),
    ),
    config: parse(bundleFiles.consensusConfig, (text) => readConsensusConfig(mapOf(parseYaml(text)))),
    execution: parse(bundleFiles.executionGenesis, (text) => readExecutionGenesis(mapOf(JSON.parse(text)))),
    besu: parse(bundleFiles.besuGenesis, (text) => readExecutionGenesis(JSON.parse(text))),
    chainspec: parse(bundleFiles.nethermindChainspec, (text) => fieldsOf(fieldsOf(JSON.parse(text)).params)),
    state: parseState(files.get(bundleFiles.consensusGenesis), unreadable),
    enodes: parse(bundleFiles.enodes, parseEnodes) ?? noRecords,
    enrs: parse(bundleFiles.bootstrapNodes, parseEnrs) ?? noRecords,
    values: new Map(values),
  };
  return { facts, findings };
}

const noRecords: NodeRecords = { records: [], refused: 0 };

function parseState(
  bytes: Uint8Array | undefined,
  unreadable: (file: string, problem: string) => undefined,
): GenesisState | undefined {
  if (bytes === undefined || bytes.length === 0) return undefined;
  const state = readGenesisState(bytes);
  return typeof state === 'string' ? unreadable(bundleFiles.consensusGenesis, state) : state;
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return fieldsOf(value);
  throw new Error('it is not a map of fields');
}
