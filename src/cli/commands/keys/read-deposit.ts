import { readDepositAmount } from '../../../core/keys/amount.ts';
import type { CredentialKind } from '../../../core/keys/credential-kind.ts';
import { type DepositWish, readCredentials } from '../../../operations/keys/deposit-entries.ts';
import { type DepositingNetwork, depositNetwork } from '../../../operations/keys/signing-network.ts';
import type { CommandContext } from '../../command.ts';

export interface DepositValues {
  readonly network: string | undefined;
  readonly config: string | undefined;
  readonly withdrawalAddress: string | undefined;
  readonly credentials: CredentialKind | undefined;
  readonly amount: string;
}

/** What deposits are to say; undefined when no credentials were asked for. */
export async function readDeposit(
  context: CommandContext,
  values: DepositValues,
): Promise<(DepositWish & { readonly network: DepositingNetwork }) | undefined> {
  const credentials = readCredentials(values);
  if (credentials === undefined) return undefined;
  const { network, config } = values;
  const amountGwei = readDepositAmount(values.amount);
  return {
    ...credentials,
    amountGwei,
    network: await depositNetwork(await context.services(), { network, config }),
  };
}
