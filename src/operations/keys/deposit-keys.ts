import { writeFileAtomic } from '../../base/atomic-files.ts';
import type { Secret } from '../../base/secret.ts';
import { overCounted } from '../../core/keys/compounding.ts';
import type { DepositDataEntry } from '../../core/keys/deposit-data.ts';
import { depositEntries } from './deposit-entries.ts';
import { type DatedDeposit, keepDeposits } from './keep-deposits.ts';
import { chosenKeys, type KeyChoice, type KeyServices, keySetStore } from './key-sets.ts';
import { type KeyWatch, openKeys } from './open-keys.ts';
import { writablePath } from './output-files.ts';

export interface DepositKeysWish {
  readonly choice: KeyChoice;
  /** For keystores whose password does not lie beside them. */
  readonly password?: Secret | undefined;
  readonly deposit: DatedDeposit;
  readonly out: string;
}

export interface DepositKeysReport {
  readonly file: string;
  readonly network: string;
  readonly deposits: readonly DepositDataEntry[];
  /** When some of it will not count. */
  readonly warning?: string;
}

/**
 * Deposit data for keys of this installation; which iteration it is for is remembered. Throws EPH-KEYS-NO-SET, EPH-KEYS-NOT-HERE, EPH-KEYS-UNOPENED,
 * EPH-KEYS-OUTPUT-EXISTS, EPH-KEYS-OUTPUT-UNWRITABLE and the signal's reason.
 */
export async function depositKeys(
  services: KeyServices,
  { choice, password, deposit, out }: DepositKeysWish,
  watch: KeyWatch,
): Promise<DepositKeysReport> {
  const places = await chosenKeys(keySetStore(services.paths), choice);
  const file = await writablePath(services.host, out);
  const opened = await openKeys(services, { places, password }, watch);
  const deposits = await depositEntries(deposit, opened, watch);
  await keepDeposits(services, places, { file, deposit });
  await writeFileAtomic(file, JSON.stringify(deposits), { mode: 0o644 });
  const warning = overCounted(deposit.credentials, deposit.amountGwei);
  return { file, network: deposit.network.name, deposits, ...(warning === undefined ? {} : { warning }) };
}
