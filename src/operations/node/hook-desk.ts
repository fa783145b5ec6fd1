import { boundBy } from '../../base/bound-signal.ts';
import { maxSleepMs } from '../../base/clock.ts';
import { isEphemeryError, messageOf, reasonOf } from '../../base/errors.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { nodeFindings } from '../../core/findings/node.ts';
import { identityName } from '../../core/network/identity.ts';
import type { JournalState } from '../../core/node/journal-state.ts';
import { nodeErrors } from './errors.ts';
import type { JournalKeeper } from './journal-keeper.ts';
import type { NodeEnvironment, NodeHook } from './node-environment.ts';
import { type ResetEvent, resetReport } from './node-event.ts';

type DueHook = JournalState['hooksDue'][number];

/**
 * Runs the user's hooks beside the node: at least once for each completed and each live reset, over
 * kills of our process too. A failure is a finding and holds up nothing.
 */
export class HookDesk {
  private readonly node: string;
  private readonly env: NodeEnvironment;
  private readonly journal: JournalKeeper;
  private readonly running = new Set<string>();
  private readonly failed = new Map<NodeHook, Finding>();

  constructor(node: string, env: NodeEnvironment, journal: JournalKeeper) {
    this.node = node;
    this.env = env;
    this.journal = journal;
  }

  get findings(): readonly Finding[] {
    return [...this.failed.values()];
  }

  /** Starts what is due. Returns at once. */
  attend(signal: AbortSignal): void {
    for (const due of this.journal.state.hooksDue) {
      const key = `${due.hook} ${due.identity}`;
      if (this.running.has(key)) continue;
      this.running.add(key);
      void this.deliver(due, signal).finally(() => this.running.delete(key));
    }
  }

  private async deliver(due: DueHook, signal: AbortSignal): Promise<void> {
    const event = eventFor(this.node, this.journal.state, due);
    const hooks = this.env.hooks.filter((candidate) => candidate.on === due.hook);
    if (event !== undefined) await Promise.all(hooks.map((one) => this.runOne(one, event, signal)));
    if (signal.aborted) return;
    await this.journal.record({ type: 'hook.finished', ...due }).catch((thrown) => {
      this.env.log.warn('a hook could not be noted as run', { hook: due.hook, reason: messageOf(thrown) });
    });
  }

  private async runOne(hook: NodeHook, event: ResetEvent, signal: AbortSignal): Promise<void> {
    const late = new AbortController();
    const limit = boundBy([signal, late.signal]);
    try {
      await Promise.race([hook.run(event, limit.signal), this.expire(hook.timeoutMs, late, limit.signal)]);
      this.failed.delete(hook);
    } catch (thrown) {
      const { node } = this;
      const said = isEphemeryError(thrown) ? thrown.facts.said : undefined;
      const facts = { node, hook: hook.on, target: hook.target, reason: reasonOf(thrown) };
      const more = typeof said === 'string' ? { said } : {};
      this.failed.set(hook, nodeFindings.create('EPH-NODE-HOOK-FAILED', { ...facts, ...more }, { node }));
    } finally {
      late.abort();
      limit.release();
    }
  }

  private async expire(timeoutMs: number, late: AbortController, limit: AbortSignal): Promise<never> {
    for (let leftMs = timeoutMs; leftMs > 0; leftMs -= maxSleepMs) {
      await this.env.clock.sleep(Math.min(leftMs, maxSleepMs), limit);
    }
    late.abort();
    throw nodeErrors.create('EPH-NODE-HOOK-LATE', { deadlineMs: timeoutMs });
  }
}

/** The event of a hook that is due; none once another reset has begun, whose facts these no longer are. */
function eventFor(node: string, state: JournalState, due: DueHook): ResetEvent | undefined {
  const reset = state.reset;
  if (reset === undefined || identityName(reset.identity) !== due.identity) return undefined;
  const report = resetReport(node, reset);
  if (due.hook === 'reset.completed') return { type: due.hook, ...report };
  if (reset.liveAtMs === undefined) return undefined;
  return { type: due.hook, ...report, liveAfterMs: reset.liveAtMs - reset.scheduledAtMs };
}
