import type { NamedValidators } from './genesis-validators.ts';
import type { NetworkValues } from './values.ts';

/** validator-names.yaml: ranges of indices to names. */
export function validatorNamesYaml(named: readonly NamedValidators[]): string {
  let next = 0;
  const lines: string[] = [];
  for (const { name, validators } of named) {
    if (validators.length === 0) continue;
    const last = next + validators.length - 1;
    lines.push(`${next === last ? next : `${next}-${last}`}: ${JSON.stringify(name)}\n`);
    next = last + 1;
  }
  return lines.join('');
}

/** retention.vars, from which older tools know when to reset. */
export function retentionVars(values: NetworkValues, tag: string): string {
  return assignments('export ', {
    ITERATION_NUMBER: values.integer('ITERATION_NUMBER'),
    ITERATION_RELEASE: tag,
    GENESIS_TIMESTAMP: values.integer('GENESIS_TIMESTAMP'),
    GENESIS_RESET_INTERVAL: values.integer('GENESIS_INTERVAL'),
    CHAIN_ID: values.integer('CHAIN_ID'),
  });
}

export interface NodeVariables {
  readonly enrs: readonly string[];
  readonly enodes: readonly string[];
  readonly genesisTimeSeconds: number;
  readonly genesisValidatorsRoot: string;
  readonly executionGenesisHash: string;
}

/** nodevars_env.txt, an environment file for service units. */
export function nodeVariables(values: NetworkValues, facts: NodeVariables): string {
  return assignments('', {
    ITERATION_NUMBER: values.integer('ITERATION_NUMBER'),
    CHAIN_ID: values.integer('CHAIN_ID'),
    BOOTNODE_ENR: facts.enrs[0] ?? '',
    BOOTNODE_ENR_LIST: facts.enrs.join(','),
    BOOTNODE_ENODE: facts.enodes[0] ?? '',
    BOOTNODE_ENODE_LIST: facts.enodes.join(','),
    GENESIS_TIME: facts.genesisTimeSeconds,
    GENESIS_VALROOT: facts.genesisValidatorsRoot,
    GENESIS_BLOCK: facts.executionGenesisHash,
  });
}

function assignments(prefix: string, variables: Record<string, string | number>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${prefix}${name}="${value}"\n`)
    .join('');
}
