import type { ChaosCommand } from './chaos-command.ts';

/** A command in force, and until when: a slot (inclusive), a time of the monotonic clock, or until cleared. */
export interface ActiveChaos {
  readonly command: ChaosCommand;
  readonly fromSlot: number;
  readonly toSlot: number;
  readonly untilMs: number;
}
