import { readFile } from 'node:fs/promises';
import { aborted } from '../base/bound-signal.ts';
import { messageOf } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { mayflyValidatorErrors } from './errors.ts';
import { startKeymanagerServer } from './keymanager/keymanager-server.ts';
import { readToken } from './keymanager/token.ts';
import { Protection } from './protection/protection.ts';
import { claimDataFolder, openValidatorClient, type ValidatorClientOptions } from './validator-client.ts';

export interface RunValidatorOptions extends ValidatorClientOptions {
  readonly random: Random;
  readonly apiAddress: string;
  readonly apiPort: number;
  readonly tokenFile: string;
  /** Interchanges of earlier signers of this network, taken in before anything is signed. */
  readonly interchanges: readonly string[];
}

/** Serves the Keymanager API and does duties until the signal; then nothing is signed any more, at once. */
export async function runValidator(options: RunValidatorOptions): Promise<void> {
  const { log, signal, apiAddress: address, apiPort: port, network } = options;
  // Thousands of keys take minutes to open, and a signal does not wait for them.
  const client = await Promise.race([openValidatorClient(options), aborted(signal)]);
  const halt = () => client.halt();
  signal.addEventListener('abort', halt, { once: true });
  if (signal.aborted) halt();
  try {
    for (const path of options.interchanges) {
      await client.keymanager.protection.merge(await readInterchange(path), path);
    }
    const token = await readToken(options.tokenFile, options.random);
    const server = await startKeymanagerServer({ keymanager: client.keymanager, token, address, port });
    const { genesisValidatorsRoot } = network;
    log.info('the Keymanager API is served', {
      url: server.url,
      keys: client.keymanager.keys.size,
      genesisValidatorsRoot,
    });
    try {
      await client.run();
    } finally {
      await server.close();
    }
  } finally {
    await client.close();
  }
}

/**
 * Writes what a client that is not running has signed, as an interchange, after it took in what others have.
 * @throws as `openValidatorClient`
 */
export async function exportProtection(
  { dataFolder, network, interchanges }: Pick<RunValidatorOptions, 'dataFolder' | 'network' | 'interchanges'>,
  write: (text: string) => Promise<void>,
): Promise<void> {
  const release = await claimDataFolder(dataFolder);
  try {
    const protection = await Protection.open(dataFolder, network.genesisValidatorsRoot);
    for (const path of interchanges) await protection.merge(await readInterchange(path), path);
    await write(await protection.export());
    await protection.close();
  } finally {
    await release();
  }
}

async function readInterchange(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    const facts = { path, reason: messageOf(cause) };
    throw mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-PROTECTION', facts, cause);
  });
}
