import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
  const ownArtifact = validator.program === undefined ? '' : `\n      ${artifact(validator.program)}`;
  await writeFile(
    join(folder, 'ephemery.yaml'),
    `version: 1
networks: { real: { file: ./network.yaml } }
nodes:
  home:
    network: real
    externalAddress: 127.0.0.1
    execution: { client: geth, ${artifact('geth')}, ports: { rpc: ${ports.rpc} } }
    consensus:
      client: ${consensus.id}
      ${artifact(beacon.program)}
      args: ${JSON.stringify(beacon.args ?? [])}
      ports: { api: ${ports.api}, metrics: ${ports.consensusMetrics} }
    validator:
      client: ${validator.client}${ownArtifact}
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
