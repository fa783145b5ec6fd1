import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ValidatorKey } from '../../src/mayfly/keys/validator-keys.ts';
import type { EphemeryProcess } from '../support/ephemery-process.ts';
import { writeKeystores } from './real-keystores.ts';
import type { ProducerPrograms } from './real-producer.ts';

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

/** Writes what a person would have: a configuration, and a set of keys. The network's file lies beside it already. */
export async function writeOwnNode(
  ephemery: EphemeryProcess,
  node: {
    readonly programs: ProducerPrograms;
    readonly keys: readonly ValidatorKey[];
    readonly ports: OwnNodePorts;
  },
): Promise<void> {
  const { folder } = ephemery;
  const { programs, ports } = node;
  const path = (program: string) => `artifact: { kind: path, path: ${program} }`;
  await writeFile(
    join(folder, 'ephemery.yaml'),
    `version: 1
networks: { real: { file: ./network.yaml } }
nodes:
  home:
    network: real
    externalAddress: 127.0.0.1
    execution: { client: geth, ${path(programs.geth)}, ports: { rpc: ${ports.rpc} } }
    consensus:
      client: prysm
      ${path(programs.beacon)}
      args: [--p2p-local-ip=127.0.0.1]
      ports: { api: ${ports.api}, metrics: ${ports.consensusMetrics} }
    validator:
      client: prysm
      ${path(programs.validator)}
      keySets: [main]
      graffiti: ${graffiti}
      ports: { keymanager: ${ports.keymanager}, metrics: ${ports.validatorMetrics} }
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
