import { type BackoffPolicy, backoffMs } from '../../base/backoff.ts';
import { type Clock, maxSleepMs } from '../../base/clock.ts';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { type BehindProtection, signerStore } from '../../core/backup/manifest.ts';
import { backupFindings } from '../../core/findings/backup.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { type BackupState, readBackupState, writeBackupState } from './backup-state.ts';
import type { MadeBackup } from './make-backup.ts';

export interface BackupScheduleOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Where it is remembered when the last ones were made. */
  readonly stateFile: string;
  /** How often, in milliseconds; undefined while none are to be made. Asked at each turn: configurations change. */
  readonly plan: () => { readonly everyMs: number; readonly drillEveryMs?: number } | undefined;
  /** Makes a backup; undefined when there is nothing to back up. */
  readonly make: (
    signal: AbortSignal,
  ) => Promise<Pick<MadeBackup, 'name' | 'behind' | 'unsound'> | undefined>;
  /** Proves the newest backup. */
  readonly drill: (signal: AbortSignal) => Promise<{ readonly backup: string; readonly proven: number }>;
}

type Work = 'backup' | 'drill';
const retries: BackoffPolicy = { firstMs: 5 * 60_000, lastMs: 3_600_000 };

/** Makes backups and drills when their time has come; a failure is a finding, and is tried again with growing pauses. */
export class BackupSchedule {
  private readonly options: BackupScheduleOptions;
  private readonly failures = new Map<
    Work,
    { readonly count: number; readonly retryAtMs: number; readonly finding: Finding }
  >();

  /** Of what the last one has not as it should: signers that did not answer, keys that are damaged. */
  private lacking: readonly Finding[] = [];

  constructor(options: BackupScheduleOptions) {
    this.options = options;
  }

  get findings(): readonly Finding[] {
    return [...[...this.failures.values()].map(({ finding }) => finding), ...this.lacking];
  }

  /** Works until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    while (!signal.aborted) {
      await this.turn(signal);
      await clock.sleep(maxSleepMs, signal).catch(() => undefined);
    }
  }

  /** Does what is due now. */
  async turn(signal: AbortSignal): Promise<void> {
    const plan = this.options.plan();
    if (plan === undefined) return this.forget();
    const state = await readBackupState(this.options.stateFile);
    if (this.isDue('backup', state.lastBackup?.atMs, plan.everyMs)) await this.attempt('backup', signal);
    if (plan.drillEveryMs === undefined) return void this.failures.delete('drill');
    const now = await readBackupState(this.options.stateFile);
    if (now.lastBackup !== undefined && this.isDue('drill', now.lastDrill?.atMs, plan.drillEveryMs))
      await this.attempt('drill', signal);
  }

  private forget(): void {
    this.failures.clear();
    this.lacking = [];
  }

  private isDue(work: Work, lastMs: number | undefined, everyMs: number): boolean {
    const { clock } = this.options;
    const failed = this.failures.get(work);
    if (failed !== undefined) return clock.monotonicMs() >= failed.retryAtMs;
    // A clock that was set back must not put the next one off for ever.
    return lastMs === undefined || Math.abs(clock.nowMs() - lastMs) >= everyMs;
  }

  private async attempt(work: Work, signal: AbortSignal): Promise<void> {
    try {
      await (work === 'backup' ? this.backup(signal) : this.drill(signal));
      this.failures.delete(work);
    } catch (thrown) {
      if (signal.aborted) return;
      this.fail(work, thrown);
    }
  }

  private async backup(signal: AbortSignal): Promise<void> {
    const made = await this.options.make(signal);
    const silent = (made?.behind ?? []).filter(({ store }) => store === signerStore);
    this.lacking = [...silent.map(signerFinding), ...unsoundFindings(made?.unsound)];
    if (made === undefined) return;
    await this.remember({ lastBackup: { name: made.name, atMs: this.options.clock.nowMs() } });
  }

  private async drill(signal: AbortSignal): Promise<void> {
    const proven = await this.options.drill(signal);
    await this.remember({ lastDrill: { ...proven, atMs: this.options.clock.nowMs() } });
  }

  private async remember(news: BackupState): Promise<void> {
    const { stateFile } = this.options;
    await writeBackupState(stateFile, { ...(await readBackupState(stateFile)), ...news });
  }

  private fail(work: Work, thrown: unknown): void {
    const { clock, log, random } = this.options;
    const reason = messageOf(thrown);
    const code = isEphemeryError(thrown) ? thrown.code : 'EPH-BACKUP-FAILED';
    const facts = isEphemeryError(thrown) ? thrown.facts : {};
    const named = (name: string, otherwise: string) => String(facts[name] ?? otherwise);
    const finding =
      work === 'backup'
        ? backupFindings.create('EPH-BACKUP-FAILED', {
            target: named('target', 'its targets'),
            code,
            reason,
            ...(isEphemeryError(thrown) ? { remedy: thrown.remedy } : {}),
          })
        : backupFindings.create('EPH-BACKUP-DRILL-FAILED', {
            backup: named('backup', 'the newest'),
            code,
            reason,
          });
    const tried = this.failures.get(work)?.count ?? 0;
    const retryAtMs = clock.monotonicMs() + backoffMs(retries, tried, random);
    this.failures.set(work, { count: tried + 1, retryAtMs, finding });
    log.warn('a backup or its drill failed', { work, code, reason });
  }
}

function unsoundFindings(unsound: MadeBackup['unsound'] = []): readonly Finding[] {
  const [first] = unsound;
  if (first === undefined) return [];
  return [backupFindings.create('EPH-BACKUP-KEYS-UNSOUND', { keys: unsound.length, ...first })];
}

function signerFinding({ node, reason, asOfMs }: BehindProtection): Finding {
  const asOf = asOfMs === undefined ? '' : new Date(asOfMs).toISOString();
  return backupFindings.create(
    'EPH-BACKUP-SIGNER-SILENT',
    { node, reason, asOf },
    { node, layer: 'validator' },
  );
}
