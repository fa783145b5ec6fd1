import type { BeaconApi, EpochDuties, ValidatorState } from '../../chain/beacon.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { NetworkIdentity } from '../../core/network/identity.ts';
import type { DutyBook } from './duty-book.ts';
import type { EpochTime, KeyActivity, ValidatorStates } from './key-activity.ts';
import type { OwnTrace } from './own-trace.ts';

/** A signer of ours, and what it is held against. */
export interface WatchedSigner {
  readonly identity: NetworkIdentity;
  readonly beacon: BeaconApi;
  /** The keys that it was given. */
  readonly ours: ReadonlySet<PublicKey>;
  /** When it was started. */
  readonly startedAtMs: number;
  /** Until when an earlier signer of ours had a key. */
  readonly earlierUntilMs: (key: PublicKey) => number;
  /** What it left of its own signatures; asked after the chain was. */
  readonly trace: () => Promise<OwnTrace>;
}

/** So many epochs from our start, or from the activation of a key, are held against what we signed. */
const epochsWatched = 2;

export interface Watched {
  readonly index: number;
  readonly key: PublicKey;
}

interface Epoch {
  readonly ask: WatchedSigner;
  readonly time: EpochTime;
  readonly epoch: number;
  /** The slot in which our signer was started; below 0 before the genesis. */
  readonly startSlot: number;
  readonly watched: readonly Watched[];
  readonly live: ReadonlySet<number>;
  readonly duties: EpochDuties;
  readonly book: DutyBook;
}

/** The keys that are held against what we signed, by epoch; epochs with none are not there. */
export type WatchedEpochs = ReadonlyMap<number, readonly Watched[]>;

/** The epoch of now and the one before, as far as they are among the first two from our start or from a key's activation. */
export function watchedEpochsOf(
  ask: Pick<WatchedSigner, 'ours' | 'startedAtMs'>,
  { time, validators }: { readonly time: EpochTime; readonly validators: ValidatorStates },
): WatchedEpochs {
  const startEpoch = Math.max(0, Math.floor((ask.startedAtMs - time.startMsOf(0)) / time.epochMs));
  const epochs = [time.epoch - 1, time.epoch].filter((epoch) => epoch >= startEpoch);
  const watched = epochs.map(
    (epoch) => [epoch, watchedIn(epoch, { validators, startEpoch, ours: ask.ours })] as const,
  );
  return new Map(watched.filter(([, keys]) => keys.length > 0));
}

/**
 * A duty that was done, and not by us: one of a slot before our start, or one that is on the chain and not in our own
 * slashing protection, into which each message goes before it is signed.
 */
export async function foreignDuty(
  ask: WatchedSigner,
  watchedEpochs: WatchedEpochs,
  { time, seen, book }: Pick<KeyActivity, 'time' | 'seen'> & { readonly book: DutyBook },
): Promise<string | undefined> {
  const startSlot = Math.floor((ask.startedAtMs - time.startMsOf(0)) / time.slotMs);
  book.forgetBefore(time.epoch - 1);
  for (const [epoch, watched] of watchedEpochs) {
    const duties = await book.duties(
      ask.beacon,
      epoch,
      watched.map(({ index }) => index),
    );
    if (!duties.known) continue;
    const live = new Set(seen.get(epoch) ?? []);
    const reason = await foreignIn({
      ask,
      time,
      epoch,
      startSlot,
      watched,
      live,
      book,
      duties: duties.value,
    });
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function watchedIn(
  epoch: number,
  {
    validators,
    startEpoch,
    ours,
  }: {
    readonly validators: ReadonlyMap<PublicKey, ValidatorState>;
    readonly startEpoch: number;
    readonly ours: ReadonlySet<PublicKey>;
  },
): readonly Watched[] {
  return [...validators]
    .filter(([key]) => ours.has(key))
    .filter(([, { status, activationEpoch = 0 }]) => {
      const from = Math.max(startEpoch, activationEpoch);
      return status.startsWith('active') && epoch >= from && epoch < from + epochsWatched;
    })
    .map(([key, { index }]) => ({ index, key }));
}

/** First what the chain has, then what we have: in between we may sign more, but not less. */
async function foreignIn(at: Epoch): Promise<string | undefined> {
  const proposed = await proposals(at);
  const trace = await at.ask.trace();
  return (
    foreignProposal(at, { proposed, trace }) ?? foreignAttestation(at, trace) ?? (await earlySyncMessage(at))
  );
}

interface Proposed extends Watched {
  readonly slot: number;
}

/** Blocks of our keys that the chain has, without those that are known to be our own. */
async function proposals({ ask, time, watched, duties, book }: Epoch): Promise<readonly Proposed[]> {
  const found: Proposed[] = [];
  for (const { index, key } of watched) {
    for (const slot of duties.proposers.get(index) ?? []) {
      // The genesis block is nobody's.
      if (slot < 1 || slot > time.slot || book.isOwnBlock(slot, index)) continue;
      const proposer = await ask.beacon.proposerOf(slot);
      if (proposer.known && proposer.value === index) found.push({ index, key, slot });
    }
  }
  return found;
}

function foreignProposal(
  { ask, time, startSlot, book }: Epoch,
  { proposed, trace }: { readonly proposed: readonly Proposed[]; readonly trace: OwnTrace },
): string | undefined {
  for (const { index, key, slot } of proposed) {
    const slotAtMs = time.startMsOf(0) + slot * time.slotMs;
    if (slotAtMs <= ask.earlierUntilMs(key)) continue;
    if (slot < startSlot)
      return `validator ${index} proposed in slot ${slot}, before our client was started in slot ${startSlot}`;
    const signed = trace.marks?.get(key)?.block ?? -1;
    const isOurs = trace.marks === undefined ? wroteSince(trace, slotAtMs, time) : signed >= slot;
    if (!isOurs) return `validator ${index} proposed in slot ${slot}, which our client did not sign`;
    // A store that could not be read accuses nobody, and acquits nobody for good either.
    if (trace.marks !== undefined || trace.lastWriteMs !== undefined) book.noteOwnBlock(slot, index);
  }
  return undefined;
}

function foreignAttestation(at: Epoch, trace: OwnTrace): string | undefined {
  const { ask, time, epoch, startSlot, watched, live, duties } = at;
  const epochAtMs = time.startMsOf(epoch);
  for (const { index, key } of watched) {
    if (!live.has(index) || epochAtMs <= ask.earlierUntilMs(key)) continue;
    const slot = duties.attesters.get(index);
    const mayPropose = (duties.proposers.get(index) ?? []).some((proposal) => proposal >= startSlot);
    if (slot !== undefined && slot < startSlot && !mayPropose)
      return `validator ${index} attested in slot ${slot}, before our client was started in slot ${startSlot}`;
    if (!maySign(trace, { key, epochAtMs, epoch, time }))
      return `validator ${index} was active in epoch ${epoch}, in which our client did not sign with it`;
  }
  return undefined;
}

/** A block makes a validator live as well as an attestation does. */
function maySign(
  trace: OwnTrace,
  { key, epoch, epochAtMs, time }: Pick<Epoch, 'epoch' | 'time'> & { key: PublicKey; epochAtMs: number },
): boolean {
  if (trace.marks === undefined) return wroteSince(trace, epochAtMs, time);
  const mark = trace.marks.get(key);
  const firstSlot = Math.round((epochAtMs - time.startMsOf(0)) / time.slotMs);
  return (mark?.attestation ?? -1) >= epoch || (mark?.block ?? -1) >= firstSlot;
}

/** With room for clocks that count in ticks. A store that tells nothing accuses nobody. */
function wroteSince({ lastWriteMs }: OwnTrace, sinceMs: number, { slotMs }: EpochTime): boolean {
  return lastWriteMs === undefined || lastWriteMs >= sinceMs - slotMs / 4;
}

/** Sync committee messages are in no slashing protection: only those of slots before our start tell. */
async function earlySyncMessage({
  ask,
  time,
  epoch,
  startSlot,
  watched,
}: Epoch): Promise<string | undefined> {
  const first = Math.round((time.startMsOf(epoch) - time.startMsOf(0)) / time.slotMs);
  const isStartEpoch = startSlot >= first && startSlot * time.slotMs < first * time.slotMs + time.epochMs;
  if (!isStartEpoch) return undefined;
  const held = watched.filter(({ key }) => time.startMsOf(epoch) > ask.earlierUntilMs(key));
  if (held.length === 0) return undefined;
  const committee = await ask.beacon.syncCommittee(epoch);
  if (!committee.known || !held.some(({ index }) => committee.value.includes(index))) return undefined;
  // A block has the messages of the slot before it.
  for (let slot = first + 1; slot <= Math.min(startSlot, time.slot); slot += 1) {
    const bits = await ask.beacon.syncBits(slot);
    if (!bits.known) continue;
    const signers = new Set(committee.value.filter((_, position) => bits.value[position]));
    const foreign = held.find(({ index }) => signers.has(index));
    if (foreign !== undefined)
      return `validator ${foreign.index} signed for the sync committee in slot ${slot - 1}, before our client was started in slot ${startSlot}`;
  }
  return undefined;
}
