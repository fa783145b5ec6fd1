import { basename, join } from 'node:path';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import { type ReadDeposit, readDepositData } from '../../core/keys/deposit-data.ts';
import type { KeptDeposit, KeptMessages } from '../../core/keys/kept-message.ts';
import { type PublicKey, publicKeyOf } from '../../core/keys/public-key.ts';
import { kindOfCredentials } from '../../core/keys/withdrawal-credentials.ts';
import type { DepositFile } from '../../keys/source/find-candidates.ts';
import { MessageStore } from '../../storage/files/kept-messages.ts';
import { knownNetwork, type NetworkServices } from '../network/known-network.ts';
import { keepDeposits, saidBy } from './keep-deposits.ts';
import { iterationNow } from './keep-messages.ts';
import type { KeyPlace, KeyServices } from './key-sets.ts';
import type { KeyWatch } from './open-keys.ts';
import { type DepositingNetwork, depositNetwork } from './signing-network.ts';
import { checkDeposits } from './verify-deposits.ts';

/** What became of deposit data that lay beside keystores. */
export interface RecordedDeposits {
  readonly path: string;
  /** How many deposits of keys here are remembered now, or were already. */
  readonly recorded: number;
  /** Why others are not, in words. */
  readonly problems: readonly string[];
}

interface Source {
  readonly from: string;
  readonly files: readonly DepositFile[];
  /** Keys that are here now, and their sets. */
  readonly places: ReadonlyMap<PublicKey, string>;
  readonly config: string | undefined;
}

/**
 * Remembers deposits of keys that came with them, once each was checked as `keys verify-deposits` does. Deposits of other
 * keys are nobody's here. Rejects with the signal's reason alone: what is no deposit data is told.
 */
export async function recordDeposits(
  services: KeyServices & NetworkServices,
  source: Source,
  watch: KeyWatch,
): Promise<readonly RecordedDeposits[]> {
  const recorded: RecordedDeposits[] = [];
  for (const file of source.files) recorded.push(await recordFile(services, { ...source, file }, watch));
  return recorded;
}

async function recordFile(
  services: KeyServices & NetworkServices,
  { from, file, places, config }: Source & { readonly file: DepositFile },
  watch: KeyWatch,
): Promise<RecordedDeposits> {
  const { path, text } = file;
  try {
    const ours = readDepositData(path, text).filter(({ message }) => places.has(publicKeyOf(message.pubkey)));
    let count = 0;
    const problems: string[] = [];
    for (const [name, deposits] of byNetwork(ours)) {
      const network = await datedNetwork(services, { name, config, path });
      const checked = await checkDeposits(deposits, network, watch);
      problems.push(...checked.flatMap((each) => each.problems));
      const sound = deposits.filter((_, at) => checked[at]?.problems.length === 0);
      const said = sound.flatMap((deposit) => saidIn(deposit, places));
      await keepNew(services, said, { network, file: join(from, path) });
      count += said.length;
    }
    return { path, recorded: count, problems: [...new Set(problems)] };
  } catch (thrown) {
    if (watch.signal.aborted || !isEphemeryError(thrown)) throw thrown;
    return { path, recorded: 0, problems: [messageOf(thrown)] };
  }
}

function byNetwork(deposits: readonly ReadDeposit[]): ReadonlyMap<string, readonly ReadDeposit[]> {
  const groups = new Map<string, ReadDeposit[]>();
  for (const deposit of deposits) {
    // What is no plain name could be taken for a file.
    const name = (deposit.networkName ?? '').replace(/[^A-Za-z0-9_-]/g, '-') || 'unnamed';
    groups.set(name, [...(groups.get(name) ?? []), deposit]);
  }
  return groups;
}

interface Named {
  readonly name: string;
  readonly config: string | undefined;
  readonly path: string;
}

/** Deposit tools write into a file's name when it was made, in seconds; without that it counts as made now. */
async function datedNetwork(
  services: NetworkServices,
  { name, config, path }: Named,
): Promise<DepositingNetwork> {
  const wish = { network: name, config };
  const [network, { definition }] = await Promise.all([
    depositNetwork(services, wish),
    knownNetwork(services, wish),
  ]);
  const [, seconds] = /^deposit_data-(\d{10})\.json$/.exec(basename(path)) ?? [];
  const nowMs = services.clock.nowMs();
  const madeMs = seconds === undefined ? nowMs : Math.min(Number(seconds) * 1_000, nowMs);
  return { ...network, ...iterationNow(definition, madeMs) };
}

interface Said {
  readonly place: KeyPlace;
  readonly deposit: KeptDeposit;
}

function saidIn({ message }: ReadDeposit, places: ReadonlyMap<PublicKey, string>): readonly Said[] {
  const key = publicKeyOf(message.pubkey);
  const credentials = kindOfCredentials(message.withdrawalCredentials);
  const keySet = places.get(key);
  if (credentials === undefined || keySet === undefined) return [];
  const address = `0x${Buffer.from(message.withdrawalCredentials.subarray(12)).toString('hex')}` as const;
  const { amountGwei } = message;
  const deposit = saidBy({ credentials, amountGwei, address: credentials === '0x00' ? undefined : address });
  return [{ place: { keySet, key }, deposit }];
}

/** An import that is given again adds nothing. */
async function keepNew(
  services: KeyServices,
  said: readonly Said[],
  { network, file }: { readonly network: DepositingNetwork; readonly file: string },
): Promise<void> {
  const store = new MessageStore(services.paths.keys);
  const kept = new Map<string, readonly KeptMessages[]>();
  const groups = new Map<string, [Said, ...Said[]]>();
  for (const each of said) {
    const { keySet, key } = each.place;
    const before = kept.get(keySet) ?? (await store.read(keySet));
    kept.set(keySet, before);
    const isKept = before.some(
      ({ keys, iteration, network: of, deposit }) =>
        of === network.name &&
        iteration === network.iteration &&
        keys.includes(key) &&
        isAlike(deposit, each.deposit),
    );
    if (isKept) continue;
    const terms = JSON.stringify(each.deposit);
    const group = groups.get(terms);
    if (group === undefined) groups.set(terms, [each]);
    else group.push(each);
  }
  for (const group of groups.values()) {
    const deposit = { ...group[0].deposit, network };
    await keepDeposits(
      services,
      group.map(({ place }) => place),
      { file, deposit },
    );
  }
}

function isAlike(one: KeptDeposit | undefined, other: KeptDeposit): boolean {
  return (
    one?.credentials === other.credentials &&
    one.amountGwei === other.amountGwei &&
    one.address?.toLowerCase() === other.address?.toLowerCase()
  );
}
