import type { ChosenCheckpoint } from '../../core/node/journal-entry.ts';
import { runOf } from '../../core/node/journal-state.ts';
import type { ObservedCheckpoint } from '../../core/node/observed.ts';
import type { JournalKeeper } from './journal-keeper.ts';
import type { NodeEnvironment } from './node-environment.ts';
import { beaconUrl, type NodeSetup } from './node-setup.ts';

/** One answer may have come between two of the client's own states. */
const askAgainMs = 5_000;

/** Holds a consensus client that began at a checkpoint against it, until it has once been seen to be the same. */
export class CheckpointWatch {
  private readonly setup: NodeSetup;
  private readonly env: NodeEnvironment;
  private readonly journal: JournalKeeper;
  /** The checkpoint of which the rest is said. */
  private subject: ChosenCheckpoint | undefined;
  private isSame = false;
  private other: ObservedCheckpoint | undefined;
  private isAsking = false;
  private dueMs = 0;

  constructor(setup: NodeSetup, env: NodeEnvironment, journal: JournalKeeper) {
    this.setup = setup;
    this.env = env;
    this.journal = journal;
  }

  /** What is known to be wrong by now; asks further, without being waited for, while the client runs and it is not settled. */
  look(isRunning: boolean): ObservedCheckpoint | undefined {
    const { checkpoint } = this.journal.state;
    const run = runOf(this.journal.state, 'consensus');
    if (checkpoint === undefined || run?.folder !== checkpoint.folder || run.client !== checkpoint.client)
      return undefined;
    if (this.subject !== checkpoint) {
      this.subject = checkpoint;
      this.isSame = false;
      this.other = undefined;
      this.dueMs = 0;
    }
    if (isRunning) this.ask(checkpoint);
    return this.other;
  }

  private ask(checkpoint: ChosenCheckpoint): void {
    const { checkpoints, clock, emit, log } = this.env;
    const nowMs = clock.monotonicMs();
    const { agreed } = checkpoint;
    if (checkpoints === undefined || agreed === undefined || this.isSame) return;
    if (this.isAsking || nowMs < this.dueMs) return;
    this.isAsking = true;
    this.dueMs = nowMs + askAgainMs;
    void checkpoints.hold(agreed, this.env.beacon(beaconUrl(this.setup))).then(
      (held) => {
        this.isAsking = false;
        if (this.subject !== checkpoint || !held.known) return;
        this.isSame = held.value.found.toLowerCase() === held.value.agreed.toLowerCase();
        const times = (this.other?.times ?? 0) + 1;
        this.other = this.isSame ? undefined : { ...held.value, times };
        const { epoch, found } = held.value;
        if (this.isSame) emit({ type: 'checkpoint.held', node: this.setup.name, epoch, root: found });
      },
      (thrown: unknown) => {
        this.isAsking = false;
        log.warn('the checkpoint of the client could not be asked for', { reason: String(thrown) });
      },
    );
  }
}
