import { type Answer, known, unknown } from '../../base/answer.ts';
import type { Clock } from '../../base/clock.ts';
import { type ActivityAsk, isActiveAfter, keyActivity, type SinceMs } from './key-activity.ts';

/** So many full epochs without a sign of life; what doppelganger protection of the clients waits for too. */
const fullQuietEpochs = 2;

/** Looks for somebody else who signs, until two full epochs were quiet. */
export class QuietWatch {
  private readonly clock: Clock;
  /** The first epoch that began after we looked for the first time. */
  private first: number | undefined;
  private lastQuiet: number | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Full epochs seen quiet so far. */
  get seen(): number {
    return this.first === undefined || this.lastQuiet === undefined ? 0 : this.lastQuiet - this.first + 1;
  }

  /** Whether nobody signed in an epoch that began after `sinceMs`, as far back as a beacon node tells. */
  async look(ask: ActivityAsk, sinceMs: SinceMs): Promise<Answer<boolean>> {
    const activity = await keyActivity(ask, this.clock.nowMs());
    return activity.known ? known(!isActiveAfter(activity.value, sinceMs)) : activity;
  }

  /**
   * True once nobody signed for two full epochs; false when somebody does, and then it begins anew. Keys that
   * are not active are quiet, and are looked at again each time.
   */
  async wait(ask: ActivityAsk, sinceMs: SinceMs): Promise<Answer<boolean>> {
    const activity = await keyActivity(ask, this.clock.nowMs());
    if (!activity.known) return activity;
    const { epoch } = activity.value.time;
    if (activity.value.active.length === 0) return known(true);
    if (isActiveAfter(activity.value, sinceMs)) {
      this.begin(epoch);
      return known(false);
    }
    // Without an unbroken look at each epoch as it ended, nothing is known of it.
    if (this.first === undefined || epoch > (this.lastQuiet ?? this.first - 1) + 2) this.begin(epoch);
    else if (epoch - 1 >= this.first) this.lastQuiet = epoch - 1;
    if (this.seen >= fullQuietEpochs) return known(true);
    return unknown(`the keys were quiet for ${this.seen} of ${fullQuietEpochs} full epochs`);
  }

  private begin(epoch: number): void {
    this.first = epoch + 1;
    this.lastQuiet = undefined;
  }
}
