import { writeFileAtomic } from '../../base/atomic-files.ts';
import type { Secret } from '../../base/secret.ts';
import type { DepositDataEntry } from '../../core/keys/deposit-data.ts';
import { type DepositTransaction, depositTransaction } from '../../core/keys/deposit-transaction.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { readBundleConfig } from '../../releases/bundle-config.ts';
import { knownNetwork, type NetworkServices } from '../network/known-network.ts';
import type { Services } from '../services.ts';
import { depositEntries } from './deposit-entries.ts';
import { keyUseErrors } from './errors.ts';
import { keepDeposits, saidBy } from './keep-deposits.ts';
import { type ListDepositsWish, type ListedDeposit, listDeposits } from './list-deposits.ts';
import { type KeyWatch, openKeys } from './open-keys.ts';
import { writablePath } from './output-files.ts';
import { depositNetwork } from './signing-network.ts';

export interface DepositAgainWish extends ListDepositsWish {
  readonly out: string;
  readonly password?: Secret | undefined;
}

export interface DepositAgainReport {
  readonly file: string;
  readonly network: string;
  readonly iteration: number;
  readonly deposits: readonly DepositDataEntry[];
  /** How each is sent, in the same order; absent while no release of this iteration is held. */
  readonly transactions?: readonly DepositTransaction[];
  /** Left out: their 0x00 credentials are of a key that only the mnemonic gives. */
  readonly needMnemonic?: readonly PublicKey[];
}

/**
 * Signs the deposits of the last iteration again, for keys that are neither in this genesis nor in the running state.
 * Throws EPH-KEYS-NO-DEPOSITS when there is none, EPH-KEYS-DEPOSIT-MNEMONIC when none can be without it, and as `listDeposits` and `depositKeys`.
 */
export async function depositAgain(
  services: NetworkServices & Pick<Services, 'random'>,
  wish: DepositAgainWish,
  watch: KeyWatch,
): Promise<DepositAgainReport> {
  const file = await writablePath(services.host, wish.out);
  const listed = await listDeposits(services, wish);
  const lacking = listed.deposits.filter(({ now }) => now === 'outside');
  const outside = lacking.filter(({ credentials }) => credentials !== '0x00');
  const needMnemonic = lacking
    .filter(({ credentials }) => credentials === '0x00')
    .map(({ pubkey }) => pubkey);
  if (outside.length === 0 && needMnemonic.length > 0)
    throw keyUseErrors.create('EPH-KEYS-DEPOSIT-MNEMONIC', { keys: needMnemonic });
  if (outside.length === 0)
    throw keyUseErrors.create('EPH-KEYS-NO-DEPOSITS', {
      network: listed.network,
      iteration: wish.from ?? listed.iteration - 1,
      unknown: listed.deposits.filter(({ now }) => now === 'unknown').length,
    });
  const network = await depositNetwork(services, wish);
  const deposits: DepositDataEntry[] = [];
  for (const group of alike(outside)) {
    const places = group.map(({ keySet, pubkey }) => ({ keySet, key: pubkey }));
    const opened = await openKeys(services, { places, password: wish.password }, watch);
    const deposit = { ...saidBy(group[0]), network };
    deposits.push(...(await depositEntries(deposit, opened, watch)));
    await keepDeposits(services, places, { file, deposit });
  }
  await writeFileAtomic(file, JSON.stringify(deposits), { mode: 0o644 });
  const contract = await depositContract(services, wish, listed.iteration);
  const how =
    contract === undefined
      ? {}
      : { transactions: deposits.map((entry) => depositTransaction(contract, entry)) };
  const left = needMnemonic.length === 0 ? {} : { needMnemonic };
  return { file, network: listed.network, iteration: listed.iteration, deposits, ...how, ...left };
}

/** Those that say the same but for their keys. */
function alike(deposits: readonly ListedDeposit[]): readonly [ListedDeposit, ...ListedDeposit[]][] {
  const groups = new Map<string, [ListedDeposit, ...ListedDeposit[]]>();
  for (const deposit of deposits) {
    const terms = JSON.stringify([deposit.credentials, deposit.address, deposit.amountGwei]);
    const group = groups.get(terms);
    if (group === undefined) groups.set(terms, [deposit]);
    else group.push(deposit);
  }
  return [...groups.values()];
}

async function depositContract(
  services: NetworkServices,
  wish: ListDepositsWish,
  iteration: number,
): Promise<string | undefined> {
  const { definition } = await knownNetwork(services, wish);
  const library = await services.openLibrary(definition);
  try {
    const [held] = await library.held(iteration);
    return held && (await readBundleConfig(held.bundle)).hex('DEPOSIT_CONTRACT_ADDRESS', 20);
  } finally {
    await library.close();
  }
}
