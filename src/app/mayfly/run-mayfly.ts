import { readFile } from 'node:fs/promises';
import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import type { EngineApi } from '../../chain/engine.ts';
import { createEngineHttp } from '../../chain/http/engine.ts';
import { parseJwtKey } from '../../chain/http/engine-token.ts';
import { mayflyErrors } from '../../mayfly/errors.ts';
import { createStubEngine } from '../../mayfly/execution/stub-engine.ts';
import { deriveValidatorKeys } from '../../mayfly/keys/validator-keys.ts';
import { type Network, openNetwork } from '../../mayfly/network.ts';
import { openFileStore } from '../../mayfly/store/file-store.ts';
import type { ChainStore } from '../../mayfly/store/store.ts';
import { createPinoLog } from '../program/pino-log.ts';
import type { MayflyArguments } from './arguments.ts';

/** Puts a node together and runs it until the signal. */
export async function runMayfly(options: MayflyArguments, signal: AbortSignal): Promise<void> {
  const log = createPinoLog(options.logLevel);
  const network = await openNetwork(options.bundle);
  const engine = await openEngine(options, network);
  const store = await openFileStore(options.dataDir, network.genesisValidatorsRoot);
  try {
    await runRole({ options, log, network, engine, store, signal });
  } finally {
    await store.close();
  }
}

interface Parts {
  readonly options: MayflyArguments;
  readonly log: Log;
  readonly network: Network;
  readonly engine: EngineApi;
  readonly store: ChainStore;
  readonly signal: AbortSignal;
}

async function runRole({ options, ...parts }: Parts): Promise<void> {
  const { apiAddress, apiPort, follow } = options;
  const common = { ...parts, ...feeRecipientOf(options), clock: systemClock, apiAddress, apiPort };
  if (follow !== undefined) {
    const { runFollower } = await import('../../mayfly/run-follower.ts');
    return runFollower({ ...common, random: systemRandom, followUrl: follow });
  }
  const { runProducer } = await import('../../mayfly/run-producer.ts');
  const { seed = '', validators = 0 } = options;
  return runProducer({ ...common, keys: deriveValidatorKeys(seed, validators) });
}

function feeRecipientOf({ feeRecipient }: MayflyArguments) {
  return feeRecipient === undefined ? {} : { feeRecipient };
}

async function openEngine(options: MayflyArguments, network: Network): Promise<EngineApi> {
  const { engineUrl: url, jwt } = options;
  if (options.stubEngine || url === undefined || jwt === undefined) {
    return createStubEngine({ genesisHash: network.genesisBlock.executionHash });
  }
  return createEngineHttp({ url, key: await readJwtKey(jwt), clock: systemClock });
}

async function readJwtKey(path: string): Promise<Uint8Array> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw mayflyErrors.create('EPH-MAYFLY-JWT', { path }, cause);
  });
  const key = parseJwtKey(text);
  if (key === undefined) throw mayflyErrors.create('EPH-MAYFLY-JWT', { path });
  return key;
}
