import { keyErrors } from './errors.ts';

export const gweiPerEth = 1_000_000_000;
/** MIN_DEPOSIT_AMOUNT and MAX_EFFECTIVE_BALANCE_ELECTRA. Source: consensus-specs, presets/mainnet. */
const leastGwei = gweiPerEth;
const mostGwei = 2048 * gweiPerEth;

/** More than any validator has, and as whole gwei exact in a number. */
const mostEthDigits = 6;

/** An amount in ETH with up to nine decimals, from 1 to 2048, in gwei. Throws EPH-KEYS-AMOUNT. */
export function readDepositAmount(text: string): number {
  const amountGwei = gweiIn(text);
  if (!(amountGwei >= leastGwei && amountGwei <= mostGwei))
    throw keyErrors.create('EPH-KEYS-AMOUNT', { given: text.slice(0, 40) });
  return amountGwei;
}

/** What is to leave a validator: any positive amount of gwei (EIP-7002), given in ETH. Throws EPH-KEYS-WITHDRAWAL-AMOUNT. */
export function readWithdrawalAmount(text: string): number {
  const amountGwei = gweiIn(text);
  if (!(amountGwei > 0)) throw keyErrors.create('EPH-KEYS-WITHDRAWAL-AMOUNT', { given: text.slice(0, 40) });
  return amountGwei;
}

function gweiIn(text: string): number {
  const [, whole = '', decimals = ''] = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text.trim()) ?? [];
  if (whole === '' || whole.length > mostEthDigits) return Number.NaN;
  return Number(whole) * gweiPerEth + Number(decimals.padEnd(9, '0'));
}

/** Gwei as ETH, without needless zeros. */
export function ethText(amountGwei: number): string {
  const decimals = String(amountGwei % gweiPerEth)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${Math.floor(amountGwei / gweiPerEth)}${decimals === '' ? '' : `.${decimals}`}`;
}
