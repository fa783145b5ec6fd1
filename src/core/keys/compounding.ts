import { gweiPerEth } from './amount.ts';
import type { CredentialKind } from './credential-kind.ts';

/** MIN_ACTIVATION_BALANCE, which is also the most that counts without 0x02 credentials (EIP-7251). */
const activationGwei = 32 * gweiPerEth;

/** Whether some of a balance never counts with such credentials. */
export function isOverCounted(credentials: CredentialKind | undefined, gwei: number): boolean {
  return credentials !== '0x02' && gwei > activationGwei;
}

/** Said of a deposit some of which will not work for its key. */
export function overCounted(credentials: CredentialKind, gwei: number): string | undefined {
  if (!isOverCounted(credentials, gwei)) return undefined;
  const fate = credentials === '0x00' ? 'lies idle' : 'is paid out to the address';
  return `With ${credentials} credentials 32 ETH count at most, and what is over ${fate}: --credentials 0x02 makes up to 2048 ETH count.`;
}

/** Said of a balance at genesis with which a validator is there and never attests. Source: consensus-specs, `initialize_beacon_state_from_eth1`. */
export function neverActive(gwei: number): string | undefined {
  if (gwei >= activationGwei) return undefined;
  return 'With less than 32 ETH a validator of the genesis is never active, until a deposit brings the rest.';
}
