import { keyErrors } from './errors.ts';

export const gweiPerEth = 1_000_000_000;
/** MIN_DEPOSIT_AMOUNT and MAX_EFFECTIVE_BALANCE_ELECTRA. Source: consensus-specs, presets/mainnet. */
const leastGwei = gweiPerEth;
const mostGwei = 2048 * gweiPerEth;

/** An amount in ETH with up to nine decimals, from 1 to 2048, in gwei. Throws EPH-KEYS-AMOUNT. */
export function readDepositAmount(text: string): number {
  const [, whole = '', decimals = ''] = /^(\d{1,4})(?:\.(\d{1,9}))?$/.exec(text.trim()) ?? [];
  const amountGwei = whole === '' ? Number.NaN : Number(whole) * gweiPerEth + Number(decimals.padEnd(9, '0'));
  if (!(amountGwei >= leastGwei && amountGwei <= mostGwei))
    throw keyErrors.create('EPH-KEYS-AMOUNT', { given: text.slice(0, 40) });
  return amountGwei;
}

/** Gwei as ETH, without needless zeros. */
export function ethText(amountGwei: number): string {
  const decimals = String(amountGwei % gweiPerEth)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${Math.floor(amountGwei / gweiPerEth)}${decimals === '' ? '' : `.${decimals}`}`;
}
