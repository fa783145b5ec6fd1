import { Command, InvalidArgumentError } from 'commander';
import { mayflyErrors } from '../../mayfly/errors.ts';
import { type LogLevel, logLevelOption, readOptions, toAddress, toPort } from '../program/options.ts';

export interface MayflyArguments {
  readonly dataDir: string;
  readonly bundle: string;
  readonly apiAddress: string;
  readonly apiPort: number;
  readonly engineUrl?: string;
  readonly jwt?: string;
  readonly stubEngine: boolean;
  readonly produce: boolean;
  readonly seed?: string;
  readonly validators?: number;
  readonly feeRecipient?: string;
  readonly follow?: string;
  readonly logLevel: LogLevel;
}

/** Reads the command line of the mayfly program. Undefined when help was asked for. @throws EPH-MAYFLY-USAGE */
export function parseArguments(argv: readonly string[]): MayflyArguments | undefined {
  const options = readOptions<MayflyArguments>(describeCommand(), argv, usage);
  if (options === undefined) return undefined;
  checkRole(options);
  return options;
}

function describeCommand(): Command {
  return new Command('mayfly')
    .description('A simulated Ethereum consensus layer: real states and signatures, no peer-to-peer network.')
    .requiredOption('--data-dir <dir>', 'where the chain is kept')
    .requiredOption('--bundle <dir>', 'network files in the layout of network-config.tar.gz')
    .option('--api-address <address>', 'address of the Beacon API', '127.0.0.1')
    .requiredOption('--api-port <port>', 'port of the Beacon API; 0 for any free one', toPort)
    .option('--engine-url <url>', "the execution client's Engine API")
    .option('--jwt <file>', 'its JWT secret')
    .option('--stub-engine', 'empty payloads without an execution client', false)
    .option('--produce', 'propose and attest with the validators of a seed', false)
    .option('--seed <text>', 'the seed of the validators')
    .option('--validators <count>', 'how many validators of the seed there are', toCount)
    .option('--fee-recipient <address>', 'where fees of our blocks go', toAddress)
    .option('--follow <url>', 'follow the producer with this Beacon API')
    .addOption(logLevelOption());
}

function checkRole(options: MayflyArguments): void {
  if (options.produce === (options.follow !== undefined))
    throw usage('give either --produce or --follow URL');
  if (options.produce && (options.seed === undefined || options.validators === undefined)) {
    throw usage('--produce needs --seed and --validators');
  }
  const hasEngine = options.engineUrl !== undefined && options.jwt !== undefined;
  if (!options.stubEngine && !hasEngine) throw usage('give --engine-url and --jwt, or --stub-engine');
}

function toCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1_000_000)
    throw new InvalidArgumentError('not a count');
  return count;
}

function usage(reason: string): Error {
  return mayflyErrors.create('EPH-MAYFLY-USAGE', { reason });
}
