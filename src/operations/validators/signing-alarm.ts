import type { Answer } from '../../base/answer.ts';
import type { Clock } from '../../base/clock.ts';
import { type PublicKey, shortPublicKey } from '../../core/keys/public-key.ts';
import type { SigningAlarm } from '../../core/node/signing-order.ts';
import { DutyBook } from './duty-book.ts';
import { foreignDuty, type WatchedSigner, watchedEpochsOf } from './foreign-duty.ts';
import { epochTime, isInSync, seenSigning, type ValidatorStates } from './key-activity.ts';

export interface AlarmAsk extends WatchedSigner {
  readonly keys: readonly PublicKey[];
  readonly slashedBefore: readonly string[];
  /** Keys that a remote signer of somebody else's has, and that nobody guards. */
  readonly strangers: () => Promise<Answer<readonly PublicKey[]>>;
}

/** Watches a signer of ours at work, twice a slot, for what only a second signer explains. */
export class SigningWatch {
  private readonly clock: Clock;
  private nextMs = 0;
  private readonly book = new DutyBook();
  private bookIsOf = '';

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Why all signing must end now; undefined when there is no reason, or nobody can be asked. */
  async look(ask: AlarmAsk): Promise<SigningAlarm | undefined> {
    const nowMs = this.clock.nowMs();
    if (nowMs < this.nextMs) return undefined;
    this.nextMs = nowMs + 1_000;
    const stranger = await strangerReason(ask);
    if (stranger !== undefined) return { reason: stranger, slashed: ask.slashedBefore };
    // A slashing is seen by a node that tells nothing else, too: one that lags, or has no liveness.
    const states = await ask.beacon.validators(ask.keys);
    if (!states.known) return undefined;
    const slashed = slashing(ask, states.value);
    if (slashed !== undefined) return slashed;
    const reason = await this.foreign(ask, nowMs, states.value);
    return reason === undefined ? undefined : { reason, slashed: ask.slashedBefore };
  }

  /** What is only of interest in the first epochs is asked for only then. */
  private async foreign(ask: AlarmAsk, nowMs: number, validators: ValidatorStates) {
    const time = await epochTime(ask, nowMs);
    if (!time.known) return undefined;
    const nextMs = nowMs + time.value.slotMs / 2;
    const watched = watchedEpochsOf(ask, { time: time.value, validators });
    if (watched.size === 0) {
      this.nextMs = nextMs;
      return undefined;
    }
    const inSync = await isInSync(ask.beacon);
    if (!inSync.known) return undefined;
    const indices = [...watched].map(([epoch, keys]) => [epoch, keys.map(({ index }) => index)] as const);
    const seen = await seenSigning(ask.beacon, new Map(indices));
    if (!seen.known) return undefined;
    this.nextMs = nextMs;
    return foreignDuty(ask, watched, { time: time.value, seen: seen.value, book: this.bookOf(ask) });
  }

  /** Another start, or another network, has other duties. */
  private bookOf({ identity, startedAtMs }: AlarmAsk): DutyBook {
    const of = `${identity.genesisValidatorsRoot} ${identity.executionGenesisHash} ${startedAtMs}`;
    if (this.bookIsOf !== of) this.book.forgetAll();
    this.bookIsOf = of;
    return this.book;
  }
}

/** Clients that ask such a signer for its keys sign with each that comes. */
async function strangerReason({ strangers }: AlarmAsk): Promise<string | undefined> {
  const found = await strangers();
  const [first] = found.known ? found.value : [];
  if (first === undefined) return undefined;
  return `the remote signer was given a key that no key set of this node has: ${shortPublicKey(first)}`;
}

function slashing({ slashedBefore }: AlarmAsk, states: ValidatorStates): SigningAlarm | undefined {
  const slashed = [...states].filter(([, state]) => state.slashed).map(([key]) => key);
  const fresh = slashed.filter((key) => !slashedBefore.includes(key));
  const [first] = fresh;
  if (first === undefined) return undefined;
  const others = fresh.length === 1 ? '' : ` and ${fresh.length - 1} more`;
  return { reason: `a key was slashed: ${first}${others}`, slashed };
}
