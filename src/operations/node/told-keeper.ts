import { isEphemeryError, messageOf } from '../../base/errors.ts';
import type { JournalState } from '../../core/node/journal-state.ts';
import type { StopReason } from '../../core/node/step.ts';
import type { NodeEnvironment } from './node-environment.ts';
import type { NodeSetup } from './node-setup.ts';
import { keepTold } from './told-keys.ts';

/** Whoever told a key something may lose it when the client is killed so soon afterwards. */
const everyMs = 60_000;
/** A client with thousands of keys is asked less often: it is kept busy for a hundredth of its time. */
const restPerWork = 100;
/** What a client is told is not worth a later reset. */
const patienceMs = 5_000;

/** Stops that nothing may hold up, or after which a client's word is not to be trusted. */
const inHaste: readonly StopReason[] = ['halted', 'wrong-network', 'unknown-run', 'keys-missing'];

type Around = Pick<NodeEnvironment, 'clock' | 'log' | 'store' | 'keymanager'>;

/** Reads what a running validator client was told over its API: now and then, and before it is stopped. */
export class ToldKeeper {
  private readonly setup: NodeSetup;
  private readonly env: Around;
  private nextMs = 0;

  constructor(setup: NodeSetup, env: Around) {
    this.setup = setup;
    this.env = env;
  }

  /** Once in a while. */
  async attend(journal: JournalState): Promise<void> {
    const startedMs = this.env.clock.monotonicMs();
    if (startedMs < this.nextMs) return;
    await this.keep(journal);
    const endedMs = this.env.clock.monotonicMs();
    this.nextMs = endedMs + Math.max(everyMs, restPerWork * (endedMs - startedMs));
  }

  /** The last look. Takes a few seconds at most, and fails nobody. */
  async beforeStop(journal: JournalState, reason: StopReason): Promise<void> {
    if (!inHaste.includes(reason)) await this.keep(journal);
  }

  private async keep(journal: JournalState): Promise<void> {
    const { setup, env } = this;
    if (setup.validator === undefined || journal.runs.validator === undefined || env.keymanager === undefined)
      return;
    const life = new AbortController();
    const over = env.clock.sleep(patienceMs, life.signal).then(
      () => life.abort(),
      () => undefined,
    );
    try {
      await Promise.race([keepTold({ setup, env }, journal, life.signal), over]);
    } catch (thrown) {
      const code = isEphemeryError(thrown) ? thrown.code : undefined;
      // One that has told nothing in this run yet may not answer before the genesis.
      const isSilent = code === 'EPH-HTTP-UNREACHABLE' || code === 'EPH-HTTP-TIMEOUT';
      if (isSilent && journal.loaded?.token !== journal.runs.validator.handle.token) return;
      env.log.warn('what the keys were told could not be read', { code, reason: messageOf(thrown) });
    } finally {
      life.abort();
    }
  }
}
