import { executionGenesisBlock } from './genesis-block.ts';
import type { ExecutionGenesis, GenesisAccount } from './genesis-json.ts';

/** Far more accounts than any genesis of ours has; computing the root of more takes longer than anybody waits. */
const mostAccounts = 200_000;
/** Forks of which the header's fields are known here: a hash without those of a further one would be a wrong one. */
const knownForks = /^(shanghai|cancun|prague|osaka|bpo\d+)Time$/;

/**
 * The hash of block 0 of somebody's genesis.json, as every execution client computes it; undefined when the file is
 * not of a form that is understood here. What cannot be computed is never a difference.
 */
export function executionBlockHashOf(text: string): string | undefined {
  try {
    const genesis = readGenesis(JSON.parse(text) as Readonly<Record<string, unknown>>);
    return genesis === undefined
      ? undefined
      : `0x${Buffer.from(executionGenesisBlock(genesis).hash).toString('hex')}`;
  } catch {
    return undefined;
  }
}

function readGenesis(raw: Readonly<Record<string, unknown>>): ExecutionGenesis | undefined {
  const config = raw.config as ExecutionGenesis['config'] | undefined;
  const accounts = Object.entries((raw.alloc ?? {}) as Readonly<Record<string, GenesisAccount>>);
  if (typeof config !== 'object' || config === null || accounts.length > mostAccounts) return undefined;
  // What clients refuse to begin with is not for us to complete.
  if (raw.difficulty === undefined || raw.gasLimit === undefined || raw.timestamp === undefined)
    return undefined;
  const seconds = quantity(raw.timestamp);
  const active = Object.entries(config).filter(
    ([key, time]) => /Time$/.test(key) && Number(time) <= Number(seconds),
  );
  const isUnknown = active.some(([fork]) => !knownForks.test(fork));
  // A base fee or blob figures of its own would stand in the header as well.
  const isOrdinary = raw.baseFeePerGas === undefined || quantity(raw.baseFeePerGas) === '1000000000';
  const hasBlobs = [raw.excessBlobGas, raw.blobGasUsed, raw.gasUsed, raw.number].some(
    (value) => quantity(value) !== '0',
  );
  if (isUnknown || !isOrdinary || hasBlobs) return undefined;
  return {
    config,
    alloc: readAccounts(accounts),
    coinbase: hex(raw.coinbase, 20),
    difficulty: quantity(raw.difficulty),
    extraData: hexOfAnyLength(raw.extraData ?? '0x'),
    gasLimit: quantity(raw.gasLimit),
    nonce: quantity(raw.nonce),
    mixhash: hex(raw.mixhash ?? raw.mixHash, 32),
    parentHash: hex(raw.parentHash, 32),
    timestamp: seconds,
  };
}

function readAccounts(accounts: readonly (readonly [string, GenesisAccount])[]): ExecutionGenesis['alloc'] {
  return unique(
    accounts.map(([address, { balance, nonce, code, storage }]) => {
      const slots = Object.entries(storage ?? {});
      // A slot of zeros is one that is not there.
      const kept = slots.filter(([, value]) => BigInt(hex(value, 32)) !== 0n);
      return [
        hex(address, 20),
        {
          balance: quantity(balance),
          nonce: quantity(nonce),
          ...(code === undefined ? {} : { code: hexOfAnyLength(code) }),
          storage: unique(kept.map(([slot, value]) => [hex(slot, 32), hex(value, 32)] as const)),
        },
      ] as const;
    }),
  );
}

/** The trie knows no key twice, and would look for the difference of two equal ones for ever. */
function unique<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const record = Object.fromEntries(entries);
  if (Object.keys(record).length !== entries.length) throw new RangeError('a key stands there twice');
  return record;
}

/** A number in decimal or hex, as decimal; 0 when there is none. */
function quantity(value: unknown): string {
  if (value === undefined) return '0';
  if (typeof value !== 'string' && typeof value !== 'number') throw new TypeError('it is not a number');
  const number = BigInt(value);
  if (number < 0n) throw new RangeError('it is below zero');
  return number.toString();
}

/** Hex digits of so many bytes, shorter ones filled up in front; zeros when there are none. */
function hex(value: unknown, byteLength: number): string {
  const digits = hexOfAnyLength(value ?? '0x').slice(2);
  if (digits.length > byteLength * 2) throw new RangeError(`it is longer than ${byteLength} bytes`);
  return `0x${digits.padStart(byteLength * 2, '0')}`;
}

function hexOfAnyLength(value: unknown): string {
  const digits = /^(?:0x)?([0-9a-f]*)$/i.exec(String(value))?.[1]?.toLowerCase();
  if (digits === undefined) throw new TypeError('it is not hex');
  return `0x${digits.length % 2 === 0 ? digits : `0${digits}`}`;
}
