import { type Answer, known, unknown } from '../../base/answer.ts';
import type { BeaconApi, ValidatorState } from '../../chain/beacon.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { NetworkIdentity } from '../../core/network/identity.ts';

export interface ActivityAsk {
  readonly identity: NetworkIdentity;
  readonly beacon: BeaconApi;
  readonly keys: readonly PublicKey[];
}

export interface EpochTime {
  /** The epoch of now; -1 before the genesis. */
  readonly epoch: number;
  readonly slot: number;
  readonly slotMs: number;
  readonly epochMs: number;
  startMsOf(epoch: number): number;
}

/** What our own beacon node saw of keys in an epoch and in the one before, where it can be asked. */
export interface KeyActivity {
  readonly time: EpochTime;
  readonly validators: ValidatorStates;
  /** Indices that are active now; pending and unknown keys can sign nothing. */
  readonly active: readonly number[];
  /** Active indices that were seen signing, by epoch: the epoch of now and the one before. */
  readonly seen: ReadonlyMap<number, readonly number[]>;
}

/** Where a network's clock stands. Unknown while the beacon node does not say how long a slot is. */
export async function epochTime(
  { identity, beacon }: Pick<ActivityAsk, 'identity' | 'beacon'>,
  nowMs: number,
): Promise<Answer<EpochTime>> {
  const timing = await beacon.timing();
  if (!timing.known) return timing;
  const genesisMs = identity.genesisTimeSeconds * 1000;
  const slotMs = timing.value.secondsPerSlot * 1000;
  const epochMs = slotMs * timing.value.slotsPerEpoch;
  return known({
    epoch: nowMs < genesisMs ? -1 : Math.floor((nowMs - genesisMs) / epochMs),
    slot: nowMs < genesisMs ? -1 : Math.floor((nowMs - genesisMs) / slotMs),
    slotMs,
    epochMs,
    startMsOf: (epoch) => genesisMs + epoch * epochMs,
  });
}

export type ValidatorStates = ReadonlyMap<PublicKey, ValidatorState>;

/**
 * Asks our own beacon node, and nobody else, whether these keys sign. A node that is not in sync has not seen
 * everything: unknown.
 */
export async function keyActivity(ask: ActivityAsk, nowMs: number): Promise<Answer<KeyActivity>> {
  const time = await epochTime(ask, nowMs);
  if (!time.known) return time;
  const inSync = await isInSync(ask.beacon);
  if (!inSync.known) return inSync;
  const validators = await ask.beacon.validators(ask.keys);
  if (!validators.known) return validators;
  const active = [...validators.value.values()]
    .filter(({ status }) => status.startsWith('active'))
    .map(({ index }) => index);
  const { epoch } = time.value;
  const seen = await seenSigning(ask.beacon, new Map([epoch - 1, epoch].map((each) => [each, active])));
  if (!seen.known) return seen;
  return known({ time: time.value, validators: validators.value, active, seen: seen.value });
}

/** A node that is not in sync has not seen everything: unknown. */
export async function isInSync(beacon: BeaconApi): Promise<Answer<true>> {
  const syncing = await beacon.syncing();
  if (!syncing.known) return syncing;
  return syncing.value.isSyncing ? unknown('our beacon node is not in sync') : known(true);
}

/** Which of the validators that are asked for by epoch were seen signing in it. */
export async function seenSigning(
  beacon: BeaconApi,
  asked: ReadonlyMap<number, readonly number[]>,
): Promise<Answer<KeyActivity['seen']>> {
  const seen = new Map<number, readonly number[]>();
  for (const [epoch, indices] of asked) {
    if (epoch < 0 || indices.length === 0) continue;
    const live = await beacon.liveness(epoch, indices);
    if (!live.known) return live;
    seen.set(
      epoch,
      [...live.value].filter(([, isLive]) => isLive).map(([index]) => index),
    );
  }
  return known(seen);
}

/** When our own signer of a key had ended. */
export type SinceMs = (key: PublicKey) => number;

/** Whether somebody signed in an epoch that began after our own signer of the key had ended: not we. */
export function isActiveAfter({ time, seen, validators }: KeyActivity, sinceMs: SinceMs): boolean {
  const endOf = new Map([...validators].map(([key, { index }]) => [index, sinceMs(key)]));
  return [...seen].some(([epoch, indices]) =>
    indices.some((index) => time.startMsOf(epoch) > (endOf.get(index) ?? Number.NEGATIVE_INFINITY)),
  );
}
