import type { KeptDeposit } from '../../core/keys/kept-message.ts';
import type { Services } from '../services.ts';
import type { DepositWish } from './deposit-entries.ts';
import { keepMessages } from './keep-messages.ts';
import type { KeyPlace } from './key-sets.ts';
import type { DepositingNetwork } from './signing-network.ts';

/** Deposits of which it is known in which iteration they are made. */
export type DatedDeposit = DepositWish & { readonly network: DepositingNetwork };

/** What is remembered of a deposit beyond its key. */
export function saidBy({ credentials, address, amountGwei }: Omit<DepositWish, 'network'>): KeptDeposit {
  return { credentials, amountGwei, ...(address === undefined ? {} : { address }) };
}

/** Remembers deposits in the sets of their keys, so that they can be made again after a reset. */
export async function keepDeposits(
  services: Pick<Services, 'paths' | 'clock' | 'random'>,
  places: readonly KeyPlace[],
  { file, deposit }: { readonly file: string; readonly deposit: DatedDeposit },
): Promise<void> {
  const { name, iteration, endsAtMs } = deposit.network;
  const said = {
    kind: 'deposit',
    file,
    network: name,
    iteration,
    endsAtMs,
    deposit: saidBy(deposit),
  } as const;
  await keepMessages(services, places, said);
}
