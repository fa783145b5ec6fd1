import { Command, InvalidArgumentError } from 'commander';
import { mayflyValidatorErrors } from '../../mayfly-validator/errors.ts';
import { type LogLevel, logLevelOption, readOptions, toAddress, toPort } from '../program/options.ts';

export interface ValidatorArguments {
  readonly dataDir: string;
  readonly bundle: string;
  readonly beaconUrl?: string;
  readonly keySet: readonly string[];
  readonly keystores: readonly string[];
  readonly secrets: readonly string[];
  readonly feeRecipientOf: readonly KeystoresRecipient[];
  readonly interchange: readonly string[];
  readonly exportProtection?: string;
  readonly feeRecipient?: string;
  readonly graffiti?: string;
  readonly gasLimit?: string;
  readonly apiAddress: string;
  readonly apiPort: number;
  readonly apiToken?: string;
  readonly logLevel: LogLevel;
}

/** Who gets the fees of the keys in this folder of keystores. */
export interface KeystoresRecipient {
  readonly keystores: string;
  readonly feeRecipient: string;
}

/** Reads the command line of the mayfly-validator program. Undefined when help was asked for. @throws EPH-MAYFLY-VALIDATOR-USAGE */
export function parseArguments(argv: readonly string[]): ValidatorArguments | undefined {
  const options = readOptions<ValidatorArguments>(describeCommand(), argv, usage);
  if (options === undefined) return undefined;
  if (options.beaconUrl === undefined && options.exportProtection === undefined) {
    throw usage('give --beacon-url, or --export-protection');
  }
  if (options.keystores.length !== options.secrets.length) throw usage('give --secrets for each --keystores');
  return options;
}

function describeCommand(): Command {
  return new Command('mayfly-validator')
    .description('A validator client that needs nothing of a beacon node but the standard Beacon API.')
    .requiredOption('--data-dir <dir>', 'where slashing protection, imported keys and settings are kept')
    .requiredOption('--bundle <dir>', 'network files in the layout of network-config.tar.gz')
    .option('--beacon-url <url>', 'the beacon node', toUrl)
    .option('--key-set <dir>', 'a folder with keystores/ and secrets/; may be given again', collect, [])
    .option(
      '--keystores <dir>',
      'a folder of keystores; may be given again, each with --secrets',
      collect,
      [],
    )
    .option('--secrets <dir>', 'the passwords of the --keystores before it', collect, [])
    .option('--interchange <file>', 'slashing protection to take in first (EIP-3076)', collect, [])
    .option('--export-protection <file>', 'write the slashing protection as EIP-3076, and end')
    .option('--fee-recipient <address>', 'where fees of our blocks go', toAddress)
    .option('--fee-recipient-of <dir=address>', 'the same for one of --keystores', collectRecipient, [])
    .option('--graffiti <text>', 'what our blocks carry, at most 32 bytes', toGraffitiText)
    .option('--gas-limit <number>', 'what builders would be asked for', toNumber)
    .option('--api-address <address>', 'address of the Keymanager API', '127.0.0.1')
    .option('--api-port <port>', 'port of the Keymanager API; 0 for any free one', toPort, 0)
    .option('--api-token <file>', 'its bearer token; made when it is not there (api-token.txt in the data)')
    .addOption(logLevelOption());
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function collectRecipient(
  value: string,
  before: readonly KeystoresRecipient[],
): readonly KeystoresRecipient[] {
  const at = value.lastIndexOf('=');
  if (at < 1) throw new InvalidArgumentError('not a folder and an address');
  return [...before, { keystores: value.slice(0, at), feeRecipient: toAddress(value.slice(at + 1)) }];
}

function toUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw new InvalidArgumentError('not an HTTP address');
  return text;
}

function toNumber(text: string): string {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('not a number');
  return text;
}

function toGraffitiText(text: string): string {
  if (Buffer.byteLength(text) > 32) throw new InvalidArgumentError('longer than 32 bytes');
  return text;
}

function usage(reason: string): Error {
  return mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-USAGE', { reason });
}
