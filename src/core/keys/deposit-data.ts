import { type DepositMessage, depositDataRoot, depositMessageRoot } from './deposit.ts';
import { keyErrors } from './errors.ts';

/** For which network a deposit is. */
export interface DepositNetwork {
  /** As the launchpad of the network calls it. */
  readonly name: string;
  /** 4 bytes. */
  readonly genesisForkVersion: Uint8Array;
}

/** One entry of `deposit_data-*.json`, as the public deposit tool writes it and the launchpad takes it. Hex without 0x. */
export interface DepositDataEntry {
  readonly pubkey: string;
  readonly withdrawal_credentials: string;
  readonly amount: number;
  readonly signature: string;
  readonly deposit_message_root: string;
  readonly deposit_data_root: string;
  readonly fork_version: string;
  readonly network_name: string;
  readonly deposit_cli_version: string;
}

/** The form is that of the public tool's version 2.7.0, and launchpads refuse what calls itself older. */
const formVersion = '2.7.0';

/** The entry of a signed deposit. */
export function depositDataEntry(
  message: DepositMessage,
  signature: Uint8Array,
  { name, genesisForkVersion }: DepositNetwork,
): DepositDataEntry {
  return {
    pubkey: hex(message.pubkey),
    withdrawal_credentials: hex(message.withdrawalCredentials),
    amount: message.amountGwei,
    signature: hex(signature),
    deposit_message_root: hex(depositMessageRoot(message)),
    deposit_data_root: hex(depositDataRoot(message, signature)),
    fork_version: hex(genesisForkVersion),
    network_name: name,
    deposit_cli_version: formVersion,
  };
}

/** What somebody else's entry says, before its signature is looked at. */
export interface ReadDeposit {
  readonly message: DepositMessage;
  readonly signature: Uint8Array;
  readonly genesisForkVersion: Uint8Array;
  readonly networkName?: string;
  /** What does not fit, in words; empty when all that can be computed agrees. */
  readonly problems: readonly string[];
}

const mostEntries = 100_000;

/** Reads a deposit data file. Throws EPH-KEYS-DEPOSIT-FILE for what is none. */
export function readDepositData(file: string, text: string): ReadDeposit[] {
  const invalid = (problem: string) => keyErrors.create('EPH-KEYS-DEPOSIT-FILE', { file, problem });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
  if (!Array.isArray(json)) throw invalid('it is no list of deposits');
  if (json.length > mostEntries) throw invalid(`it has over ${mostEntries} entries`);
  return json.map((entry: unknown, index) => {
    const read = readEntry(entry);
    if (typeof read === 'string') throw invalid(`entry ${index + 1}: ${read}`);
    return read;
  });
}

function readEntry(entry: unknown): ReadDeposit | string {
  if (typeof entry !== 'object' || entry === null) return 'it is no JSON object';
  const fields = entry as Partial<Record<keyof DepositDataEntry, unknown>>;
  const pubkey = bytes(fields.pubkey, 48);
  const withdrawalCredentials = bytes(fields.withdrawal_credentials, 32);
  const signature = bytes(fields.signature, 96);
  const genesisForkVersion = bytes(fields.fork_version, 4);
  const amountGwei = fields.amount;
  if (pubkey === undefined) return 'pubkey is not 48 bytes of hex';
  if (withdrawalCredentials === undefined) return 'withdrawal_credentials is not 32 bytes of hex';
  if (signature === undefined) return 'signature is not 96 bytes of hex';
  if (genesisForkVersion === undefined) return 'fork_version is not 4 bytes of hex';
  if (typeof amountGwei !== 'number' || !Number.isSafeInteger(amountGwei) || amountGwei < 0)
    return 'amount is no whole number';
  const message = { pubkey, withdrawalCredentials, amountGwei };
  const roots = [
    ['deposit_message_root', depositMessageRoot(message)],
    ['deposit_data_root', depositDataRoot(message, signature)],
  ] as const;
  const problems = roots.flatMap(([name, root]) => {
    const given = fields[name];
    return given === undefined || given === hex(root) || given === `0x${hex(root)}`
      ? []
      : [`${name} is not that of the deposit`];
  });
  const networkName = fields.network_name;
  return {
    message,
    signature,
    genesisForkVersion,
    problems,
    ...(typeof networkName === 'string' ? { networkName } : {}),
  };
}

function bytes(value: unknown, length: number): Uint8Array | undefined {
  const digits = typeof value === 'string' ? value.replace(/^0x/, '') : '';
  if (digits.length !== 2 * length || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

function hex(bytesGiven: Uint8Array): string {
  return Buffer.from(bytesGiven).toString('hex');
}
