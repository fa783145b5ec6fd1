import type { PublicKey } from './public-key.ts';

/**
 * System contracts that take requests of validators. Addresses and forms of the call data: EIP-7002 and EIP-7251,
 * "Constants" and "Add … Request".
 */
const contracts = {
  withdrawal: '0x00000961Ef480Eb55e80D19ad83579A64c007002',
  consolidation: '0x0000BBdDc7CE488642fb579F8B00f3a590007251',
} as const;

/** A transaction to be sent by the address of the validator's credentials; nobody else can. */
export interface ExecutionRequest {
  readonly to: string;
  /** Hex with 0x. */
  readonly data: string;
  /** At an empty queue, in wei. */
  readonly leastFeeWei: string;
}

/** EIP-7002: `amountGwei` leaves the validator; 0 means that it exits whole. */
export function withdrawalRequest(pubkey: PublicKey, amountGwei: number): ExecutionRequest {
  const amount = Buffer.alloc(8);
  amount.writeBigUInt64BE(BigInt(amountGwei));
  return requestTo('withdrawal', `${pubkey}${amount.toString('hex')}`);
}

/** EIP-7251: the balance of `source` moves to `target`; both the same makes a 0x01 validator compounding. */
export function consolidationRequest(source: PublicKey, target: PublicKey): ExecutionRequest {
  return requestTo('consolidation', `${source}${target.slice(2)}`);
}

function requestTo(contract: keyof typeof contracts, data: string): ExecutionRequest {
  return { to: contracts[contract], data, leastFeeWei: `${requestFeeWei(0n)}` };
}

const leastFeeWei = 1n;
const feeUpdateFraction = 17n;

/**
 * The fee of a request while so many are over the target. The contracts keep it in storage slot 0, and answer an
 * empty call with the fee itself. What is paid over it is not given back. Source: EIP-7002 and EIP-7251, get_fee.
 */
export function requestFeeWei(excess: bigint): bigint {
  let sum = 0n;
  let term = leastFeeWei * feeUpdateFraction;
  for (let i = 1n; term > 0n; i += 1n) {
    sum += term;
    term = (term * excess) / (feeUpdateFraction * i);
  }
  return sum / feeUpdateFraction;
}
