import { writeFileAtomic } from '../../base/atomic-files.ts';
import type { Secret } from '../../base/secret.ts';
import type { DepositDataEntry } from '../../core/keys/deposit-data.ts';
import { type DepositWish, depositEntries } from './deposit-entries.ts';
import { keepMessages } from './keep-messages.ts';
import { chosenKeys, type KeyChoice, type KeyServices, keySetStore } from './key-sets.ts';
import { type KeyWatch, openKeys } from './open-keys.ts';
import { newPath } from './output-files.ts';
import type { DepositingNetwork } from './signing-network.ts';

export interface DepositKeysWish {
  readonly choice: KeyChoice;
  /** For keystores whose password does not lie beside them. */
  readonly password?: Secret | undefined;
  readonly deposit: DepositWish & { readonly network: DepositingNetwork };
  readonly out: string;
}

export interface DepositKeysReport {
  readonly file: string;
  readonly network: string;
  readonly deposits: readonly DepositDataEntry[];
}

/**
 * Deposit data for keys of this installation; which iteration it is for is remembered. Throws EPH-KEYS-NO-SET, EPH-KEYS-NOT-HERE, EPH-KEYS-UNOPENED,
 * EPH-KEYS-OUTPUT-EXISTS and the signal's reason.
 */
export async function depositKeys(
  services: KeyServices,
  { choice, password, deposit, out }: DepositKeysWish,
  watch: KeyWatch,
): Promise<DepositKeysReport> {
  const file = await newPath(services.host, out);
  const places = await chosenKeys(keySetStore(services.paths), choice);
  const opened = await openKeys(services, { places, password }, watch);
  const deposits = await depositEntries(deposit, opened, watch);
  const { credentials, address, amountGwei, network } = deposit;
  const said = { credentials, amountGwei, ...(address === undefined ? {} : { address }) };
  const { name, iteration, endsAtMs } = network;
  await keepMessages(services, places, {
    kind: 'deposit',
    file,
    network: name,
    iteration,
    endsAtMs,
    deposit: said,
  });
  await writeFileAtomic(file, JSON.stringify(deposits), { mode: 0o644 });
  return { file, network: deposit.network.name, deposits };
}
