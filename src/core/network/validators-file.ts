import { validatorsFileErrors } from './validators-file-errors.ts';

/** One line of `validators/<name>.txt`. */
export interface GenesisValidator {
  /** 48 bytes, compressed; checked for its form alone, not for being on the curve. */
  readonly pubkey: Uint8Array;
  /** 32 bytes. */
  readonly withdrawalCredentials: Uint8Array;
  readonly balanceGwei: number;
  /** Where it was read. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

export const validatorsFileLimits = { characters: 64 << 20, validators: 500_000 } as const;

const gweiPerEth = 1_000_000_000;
/** Of one who gives no balance: MAX_EFFECTIVE_BALANCE, as the public generator has it. */
const usualBalanceGwei = 32 * gweiPerEth;
/** COMPOUNDING_WITHDRAWAL_PREFIX (EIP-7251). */
const compoundingPrefix = 2;
/** MAX_EFFECTIVE_BALANCE_ELECTRA (consensus-specs, presets/mainnet/electra.yaml). */
const highestBalanceGwei = 2048 * gweiPerEth;

/**
 * Reads `pubkey:withdrawal_credentials[:balance_gwei]` a line; hex with or without 0x, `#` begins a
 * comment anywhere, blank lines are skipped. Source of the form: ephemery-genesis, README and
 * build-genesis.sh. Throws the EPH-VALIDATORS-* errors with file and line.
 */
export function parseValidatorsFile(file: string, text: string): GenesisValidator[] {
  const { characters, validators: limit } = validatorsFileLimits;
  if (text.length > characters)
    throw validatorsFileErrors.create('EPH-VALIDATORS-TOO-MANY', { file, limit: characters });
  const validators: GenesisValidator[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const comment = raw.indexOf('#');
    const content = (comment < 0 ? raw : raw.slice(0, comment)).trim();
    if (content === '') continue;
    if (validators.length === limit)
      throw validatorsFileErrors.create('EPH-VALIDATORS-TOO-MANY', { file, line: index + 1, limit });
    validators.push(parseLine(content, file, index + 1));
  }
  return validators;
}

/** Throws EPH-VALIDATORS-DUPLICATE at the second of two validators with the same public key. */
export function requireUniqueValidators(validators: readonly GenesisValidator[]): void {
  const seen = new Map<string, GenesisValidator>();
  for (const validator of validators) {
    const key = bufferOf(validator.pubkey).toString('latin1');
    const first = seen.get(key);
    if (first !== undefined) {
      const { file, line } = validator;
      throw validatorsFileErrors.create('EPH-VALIDATORS-DUPLICATE', {
        file,
        line,
        pubkey: `0x${bufferOf(validator.pubkey).toString('hex')}`,
        firstFile: first.file,
        firstLine: first.line,
      });
    }
    seen.set(key, validator);
  }
}

function parseLine(content: string, file: string, line: number): GenesisValidator {
  const [pubkey, credentials, balance, ...more] = content.split(':');
  if (pubkey === undefined || credentials === undefined || more.length > 0) {
    const problem = `there are ${content.split(':').length} parts where two or three are expected`;
    throw validatorsFileErrors.create('EPH-VALIDATORS-FORMAT', { file, line, problem });
  }
  const withdrawalCredentials = parseCredentials(credentials, file, line);
  const balanceGwei = balance === undefined ? usualBalanceGwei : readBalance(balance, withdrawalCredentials);
  if (balanceGwei === undefined) {
    const facts = { file, line, balance: (balance ?? '').slice(0, 40) };
    throw validatorsFileErrors.create('EPH-VALIDATORS-BALANCE', facts);
  }
  return { pubkey: parsePubkey(pubkey, file, line), withdrawalCredentials, balanceGwei, file, line };
}

function parsePubkey(text: string, file: string, line: number): Uint8Array {
  const read = readHex(text, 48);
  if (typeof read === 'string')
    throw validatorsFileErrors.create('EPH-VALIDATORS-PUBKEY', { file, line, problem: read });
  // The three flag bits of a compressed point: compressed, not infinity. Source: the ZCash BLS12-381 serialization.
  if (((read[0] ?? 0) & 0b1100_0000) !== 0b1000_0000) {
    const problem = 'is not that of a compressed point other than infinity';
    throw validatorsFileErrors.create('EPH-VALIDATORS-PUBKEY', { file, line, problem });
  }
  return read;
}

function parseCredentials(text: string, file: string, line: number): Uint8Array {
  const read = readHex(text, 32);
  const problem = typeof read === 'string' ? read : problemOfCredentials(read);
  if (typeof read === 'string' || problem !== undefined)
    throw validatorsFileErrors.create('EPH-VALIDATORS-CREDENTIALS', {
      file,
      line,
      problem: problem ?? 'are malformed',
    });
  return read;
}

function problemOfCredentials(bytes: Uint8Array): string | undefined {
  const prefix = bytes[0] ?? 0;
  if (prefix > 2) return `begin with 0x${prefix.toString(16).padStart(2, '0')}, which is not 00, 01 or 02`;
  if (prefix !== 0 && bytes.subarray(1, 12).some((byte) => byte !== 0))
    return 'have no eleven zero bytes between the prefix and the address';
  return undefined;
}

/**
 * The balance, where its effective balance is one that the specification knows: what is above 32 ETH does not count
 * for credentials that do not compound, so that only there it need not be whole ETH. Why: docs/decisions/0014.
 */
function readBalance(text: string, credentials: Uint8Array): number | undefined {
  const balance = /^[0-9]{1,16}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(balance >= gweiPerEth && balance <= highestBalanceGwei)) return undefined;
  const isCapped = credentials[0] !== compoundingPrefix && balance > usualBalanceGwei;
  return isCapped || balance % gweiPerEth === 0 ? balance : undefined;
}

/** The bytes, or what is wrong with the text. */
function readHex(text: string, length: number): Uint8Array | string {
  const trimmed = text.trim();
  const digits = trimmed.startsWith('0x') || trimmed.startsWith('0X') ? trimmed.slice(2) : trimmed;
  if (digits.length !== 2 * length) return `has ${digits.length} hex digits where ${2 * length} are expected`;
  // Stops before the first thing that is no pair of hex digits.
  const bytes = Buffer.from(digits, 'hex');
  if (bytes.length !== length) return 'holds something that is no hex digit';
  return new Uint8Array(bytes.buffer, bytes.byteOffset, length);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
