import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { gweiPerEth } from '../../core/keys/amount.ts';
import type { CredentialKind } from '../../core/keys/credential-kind.ts';
import { type DepositNetwork, type ReadDeposit, readDepositData } from '../../core/keys/deposit-data.ts';
import { keyErrors } from '../../core/keys/errors.ts';
import { type PublicKey, publicKeyOf } from '../../core/keys/public-key.ts';
import { kindOfCredentials } from '../../core/keys/withdrawal-credentials.ts';
import type { KeyServices } from './key-sets.ts';
import type { KeyWatch } from './open-keys.ts';

export interface CheckedDeposit {
  readonly pubkey: PublicKey;
  readonly credentials?: CredentialKind;
  readonly withdrawalCredentials: string;
  readonly amountGwei: number;
  /** Empty when the deposit can be made. */
  readonly problems: readonly string[];
}

export interface VerifyDepositsReport {
  readonly file: string;
  readonly network: string;
  readonly deposits: readonly CheckedDeposit[];
}

const mostBytes = 128 << 20;
const mostGwei = 2048 * gweiPerEth;
const chunk = 16;

/**
 * Checks deposit data that somebody else made: roots, signatures, amounts, credentials, network, keys named twice. A
 * deposit with a wrong signature is paid and lost. Throws EPH-KEYS-DEPOSIT-FILE and the signal's reason.
 */
export async function verifyDeposits(
  { host }: KeyServices,
  wish: { readonly file: string; readonly network: DepositNetwork },
  watch: KeyWatch,
): Promise<VerifyDepositsReport> {
  const file = resolve(host.workingDirectory, wish.file);
  const read = readDepositData(file, await contentOf(file));
  if (read.length === 0)
    throw keyErrors.create('EPH-KEYS-DEPOSIT-FILE', { file, problem: 'there is no deposit in it' });
  return { file, network: wish.network.name, deposits: await checkDeposits(read, wish.network, watch) };
}

/** The same of deposits that were read. Rejects with the signal's reason. */
export async function checkDeposits(
  read: readonly ReadDeposit[],
  network: DepositNetwork,
  { signal, onProgress }: KeyWatch,
): Promise<readonly CheckedDeposit[]> {
  const { doJobs } = await import('../../keys/workers/key-workers.ts');
  const jobs = Array.from({ length: Math.ceil(read.length / chunk) }, (_, at) => ({
    kind: 'check-deposit' as const,
    deposits: read
      .slice(at * chunk, (at + 1) * chunk)
      .map(({ message, signature, genesisForkVersion }) => ({ ...message, signature, genesisForkVersion })),
  }));
  const onDone = (done: number) =>
    onProgress(`Checking signatures: ${Math.min(done * chunk, read.length)} of ${read.length}`);
  const signed = (await doJobs(jobs, { signal, onDone })).flat();
  const seen = new Set<PublicKey>();
  return read.map((deposit, at) => {
    const pubkey = publicKeyOf(deposit.message.pubkey);
    const isRepeated = seen.has(pubkey);
    seen.add(pubkey);
    return checked(deposit, {
      pubkey,
      problems: problemsOf(deposit, { network, isSigned: signed[at] === true, isRepeated }),
    });
  });
}

async function contentOf(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > mostBytes) throw new RangeError('it is too large');
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw keyErrors.create('EPH-KEYS-DEPOSIT-FILE', { file, problem: messageOf(cause) }, cause);
  }
}

function checked(
  { message }: ReadDeposit,
  { pubkey, problems }: { readonly pubkey: PublicKey; readonly problems: readonly string[] },
): CheckedDeposit {
  const { withdrawalCredentials, amountGwei } = message;
  const credentials = kindOfCredentials(withdrawalCredentials);
  return {
    pubkey,
    ...(credentials === undefined ? {} : { credentials }),
    withdrawalCredentials: `0x${Buffer.from(withdrawalCredentials).toString('hex')}`,
    amountGwei,
    problems,
  };
}

interface Verdict {
  readonly network: DepositNetwork;
  readonly isSigned: boolean;
  readonly isRepeated: boolean;
}

function problemsOf(deposit: ReadDeposit, { network, isSigned, isRepeated }: Verdict): readonly string[] {
  const { message, genesisForkVersion, problems } = deposit;
  const kind = kindOfCredentials(message.withdrawalCredentials);
  const isPadded =
    kind === '0x00' || message.withdrawalCredentials.subarray(1, 12).every((byte) => byte === 0);
  const found: [boolean, string][] = [
    [!isSigned, 'its signature is not that of its key: the deposit would be lost'],
    [
      Buffer.compare(genesisForkVersion, network.genesisForkVersion) !== 0,
      `it is for another network: fork version 0x${Buffer.from(genesisForkVersion).toString('hex')}`,
    ],
    [kind === undefined, 'its withdrawal credentials are of no known kind'],
    [
      kind !== undefined && !isPadded,
      'its withdrawal credentials have no eleven zero bytes before the address',
    ],
    [message.amountGwei < gweiPerEth, 'it is of less than 1 ETH'],
    [message.amountGwei > mostGwei, 'it is of more than 2048 ETH'],
    [isRepeated, 'its key stands in the file before'],
  ];
  return [...problems, ...found.flatMap(([is, what]) => (is ? [what] : []))];
}
