import type { CredentialKind } from '../../core/keys/credential-kind.ts';
import {
  type DepositDataEntry,
  type DepositNetwork,
  depositDataEntry,
} from '../../core/keys/deposit-data.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { type ExecutionAddress, readAddress } from '../../core/keys/withdrawal-credentials.ts';
import { keyUseErrors } from './errors.ts';
import type { KeyWatch } from './open-keys.ts';

/** What a deposit is to say beyond its key. */
export interface DepositWish {
  readonly network: DepositNetwork;
  readonly credentials: CredentialKind;
  readonly address?: ExecutionAddress | undefined;
  readonly amountGwei: number;
}

/** As options give it. */
export interface CredentialsWish {
  readonly credentials?: CredentialKind | undefined;
  readonly withdrawalAddress?: string | undefined;
}

/**
 * The kind of credentials and where they point: 0x01 when there is an address and no kind was said.
 * Undefined when nothing was said at all. Throws EPH-KEYS-CREDENTIALS and EPH-KEYS-ADDRESS.
 */
export function readCredentials({ credentials, withdrawalAddress }: CredentialsWish) {
  if (credentials === undefined && withdrawalAddress === undefined) return undefined;
  const kind = credentials ?? '0x01';
  if (kind === '0x00' && withdrawalAddress !== undefined)
    throw keyUseErrors.create('EPH-KEYS-CREDENTIALS', { problem: '0x00 credentials have no address' });
  if (kind === '0x00') return { credentials: kind };
  if (withdrawalAddress === undefined)
    throw keyUseErrors.create('EPH-KEYS-CREDENTIALS', { problem: `${kind} credentials need an address` });
  return { credentials: kind, address: readAddress(withdrawalAddress) };
}

interface Signer {
  readonly secretKey: Uint8Array;
  readonly withdrawalPubkey?: PublicKey;
}

const chunk = 8;

/** Signed deposits, ready for the launchpad. Rejects with the signal's reason. */
export async function depositEntries(
  { network, credentials, address, amountGwei }: DepositWish,
  signers: readonly Signer[],
  { signal, onProgress }: KeyWatch,
): Promise<readonly DepositDataEntry[]> {
  const { doJobs } = await import('../../keys/workers/key-workers.ts');
  const { genesisForkVersion } = network;
  const terms = {
    credentials,
    amountGwei,
    genesisForkVersion,
    ...(address === undefined ? {} : { address }),
  };
  const jobs = Array.from({ length: Math.ceil(signers.length / chunk) }, (_, at) => ({
    kind: 'sign-deposit' as const,
    signers: signers.slice(at * chunk, (at + 1) * chunk),
    terms,
  }));
  const onDone = (done: number) =>
    onProgress(`Signing deposits: ${Math.min(done * chunk, signers.length)} of ${signers.length}`);
  const signed = (await doJobs(jobs, { signal, onDone })).flat();
  return signed.map(({ signature, ...message }) => depositDataEntry(message, signature, network));
}
