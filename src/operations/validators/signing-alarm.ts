import type { Clock } from '../../base/clock.ts';
import type { BeaconApi } from '../../chain/beacon.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { NetworkIdentity } from '../../core/network/identity.ts';
import type { SigningAlarm } from '../../core/node/signing-order.ts';
import { type KeyActivity, keyActivity } from './key-activity.ts';

export interface AlarmAsk {
  readonly identity: NetworkIdentity;
  readonly beacon: BeaconApi;
  readonly keys: readonly PublicKey[];
  readonly slashedBefore: readonly string[];
  /** When our signer was started. */
  readonly startedAtMs: number;
  /** Until when an earlier signer of ours ran. */
  readonly earlierUntilMs: number;
}

/** Watches a signer of ours at work, once a slot, for what only a second signer explains. */
export class SigningWatch {
  private readonly clock: Clock;
  private nextMs = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Why all signing must end now; undefined when there is no reason, or nobody can be asked. */
  async look(ask: AlarmAsk): Promise<SigningAlarm | undefined> {
    const nowMs = this.clock.nowMs();
    if (nowMs < this.nextMs) return undefined;
    this.nextMs = nowMs + 1_000;
    const activity = await keyActivity(ask, nowMs);
    if (!activity.known) return undefined;
    this.nextMs = nowMs + activity.value.time.slotMs / 2;
    return slashing(ask, activity.value) ?? (await foreignDuty(ask, activity.value));
  }
}

function slashing({ slashedBefore }: AlarmAsk, { validators }: KeyActivity): SigningAlarm | undefined {
  const slashed = [...validators].filter(([, state]) => state.slashed).map(([key]) => key);
  const fresh = slashed.filter((key) => !slashedBefore.includes(key));
  const [first] = fresh;
  if (first === undefined) return undefined;
  const others = fresh.length === 1 ? '' : ` and ${fresh.length - 1} more`;
  return { reason: `a key was slashed: ${first}${others}`, slashed };
}

/**
 * In the epoch of our start, an attestation duty of a slot before it cannot have been done by us. What comes later
 * cannot be told apart from our own by what a beacon node says, so that nothing else is compared.
 */
async function foreignDuty(
  ask: AlarmAsk,
  { time, seen, active }: KeyActivity,
): Promise<SigningAlarm | undefined> {
  const epoch = Math.floor((ask.startedAtMs - time.startMsOf(0)) / time.epochMs);
  const live = seen.get(epoch) ?? [];
  if (epoch < 0 || live.length === 0 || time.startMsOf(epoch) <= ask.earlierUntilMs) return undefined;
  const startSlot = Math.floor((ask.startedAtMs - time.startMsOf(0)) / time.slotMs);
  const duties = await ask.beacon.duties(epoch, active);
  if (!duties.known) return undefined;
  const { attesters, proposers } = duties.value;
  const foreign = live.find((index) => {
    const slot = attesters.get(index);
    const mayPropose = (proposers.get(index) ?? []).some((proposal) => proposal >= startSlot);
    return slot !== undefined && slot < startSlot && !mayPropose;
  });
  if (foreign === undefined) return undefined;
  return {
    reason: `validator ${foreign} attested in slot ${attesters.get(foreign)}, before our client was started in slot ${startSlot}`,
    slashed: ask.slashedBefore,
  };
}
