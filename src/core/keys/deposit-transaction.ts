import type { DepositDataEntry } from './deposit-data.ts';

/** What a wallet sends to make a deposit. */
export interface DepositTransaction {
  /** The deposit contract of the network. */
  readonly to: string;
  readonly data: string;
  readonly valueWei: string;
}

/** deposit(bytes,bytes,bytes,bytes32). Source: consensus-specs, solidity_deposit_contract. */
const selector = '22895118';
const weiPerGwei = 1_000_000_000n;

/** The call of the deposit contract that a signed deposit is. */
export function depositTransaction(contract: string, entry: DepositDataEntry): DepositTransaction {
  const parts = [entry.pubkey, entry.withdrawal_credentials, entry.signature].map(bytesOf);
  const heads = 4 * 32;
  const places = parts.map(
    (_, at) => heads + parts.slice(0, at).reduce((sum, part) => sum + part.length / 2, 0),
  );
  const words = [...places.map(word), entry.deposit_data_root, ...parts];
  return {
    to: contract,
    data: `0x${selector}${words.join('')}`,
    valueWei: String(BigInt(entry.amount) * weiPerGwei),
  };
}

/** Its length, then its bytes, filled up to whole words. */
function bytesOf(hex: string): string {
  return word(hex.length / 2) + hex.padEnd(Math.ceil(hex.length / 64) * 64, '0');
}

function word(value: number): string {
  return value.toString(16).padStart(64, '0');
}
