import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientDefinition } from '../../src/core/clients/client.ts';
import type { ValidatorKey } from '../../src/mayfly/keys/validator-keys.ts';
import type { EphemeryProcess } from '../support/ephemery-process.ts';
import { type Follower, pathOf } from './followers.ts';
import { writeKeystores } from './real-keystores.ts';

const graffiti = 'of our node';
const feeRecipient = `0x${'fe'.repeat(20)}`;

/** Ports of our node that the test asks. */
export interface OwnNodePorts {
  readonly rpc: number;
  readonly api: number;
  readonly consensusMetrics: number;
  readonly keymanager: number;
  readonly validatorMetrics: number;
}

/** Of these ports those that a client has. */
function portsOf({ ports }: ClientDefinition, wanted: Readonly<Record<string, number>>): string {
  const had = Object.entries(wanted).filter(([name]) => ports.some((port) => port.name === name));
  return JSON.stringify(Object.fromEntries(had));
}

/** Writes what a person would have: a configuration, and a set of keys. The network's file lies beside it already. */
export async function writeOwnNode(
  ephemery: EphemeryProcess,
  node: {
    readonly follower: Follower;
    readonly keys: readonly ValidatorKey[];
    readonly ports: OwnNodePorts;
  },
): Promise<void> {
  const { folder } = ephemery;
  const { follower, ports } = node;
  const { beacon, consensus, validator } = follower;
  const artifact = (program: string) => `artifact: { kind: path, path: ${pathOf(program)} }`;
  const execution = consensus.hostedBy ?? 'geth';
  const own = (layer: 'consensus' | 'validator') => {
    const program =
      layer === 'validator' ? validator.program : consensus.hostedBy === undefined && beacon.program;
    return program === undefined || program === false ? '' : `\n      ${artifact(program)}`;
  };
  await writeFile(
    join(folder, 'ephemery.yaml'),
    `version: 1
networks: { real: { file: ./network.yaml } }
nodes:
  home:
    network: real
    externalAddress: 127.0.0.1
    execution: { client: ${execution}, ${artifact(execution)}, ports: { rpc: ${ports.rpc} } }
    consensus:
      client: ${consensus.id}${own('consensus')}
      args: ${JSON.stringify(beacon.args ?? [])}
      ports: ${portsOf(consensus, { api: ports.api, metrics: ports.consensusMetrics })}
    validator:
      client: ${validator.definition.id}${own('validator')}
      keySets: [main]
      graffiti: ${graffiti}
      ports: ${portsOf(validator.definition, { keymanager: ports.keymanager, metrics: ports.validatorMetrics })}
keySets:
  main: { feeRecipient: "${feeRecipient}" }
`,
  );
  const made = join(folder, 'deposit-tool');
  await writeKeystores(made, node.keys);
  const password = join(made, 'password.txt');
  const { code, error } = await ephemery.run(
    'keys',
    'import',
    join(made, 'keystores'),
    '--password-file',
    password,
  );
  if (code !== 0) throw new Error(`the keys could not be imported: ${error}`);
}
