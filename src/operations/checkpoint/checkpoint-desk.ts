import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer } from '../../base/answer.ts';
import type { Clock } from '../../base/clock.ts';
import type { BeaconApi } from '../../chain/beacon.ts';
import type { CheckpointProvider } from '../../chain/checkpoint-provider.ts';
import { checkpointFindings } from '../../core/findings/checkpoint.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { bundleFiles, type ReleaseBundle } from '../../core/network/bundle.ts';
import type { AgreedCheckpoint } from '../../core/node/journal-entry.ts';
import type { HeldCheckpoint } from '../../core/node/observed.ts';
import { youngEpochs } from '../../core/sync/checkpoint.ts';
import { epochAt, slotTiming } from '../../core/sync/slot-timing.ts';
import type { CheckpointAdvice, CheckpointAdvised, CheckpointAsk } from '../node/node-environment.ts';
import { heldAgainst } from './hold-against.ts';
import { type CheckpointSurvey, surveyFindings, surveyProviders } from './survey-providers.ts';

export interface CheckpointDeskOptions {
  readonly node: string;
  readonly clock: Clock;
  /** The user's own first, then the network's. */
  readonly providers: readonly CheckpointProvider[];
  /** The text of a release's `config.yaml`; read from its folder unless told. */
  readonly configText?: (bundle: ReleaseBundle) => Promise<string>;
}

/** So long silent providers are waited for before the node begins at genesis. */
const patienceMs = 120_000;
const askEveryMs = 10_000;
/** What was found stays told for so long. */
const tellForMs = 3_600_000;

/**
 * Decides with what a node's new consensus directory begins: a checkpoint that two providers agree on, or genesis.
 * Providers that do not answer are waited for, but not for long.
 */
export class CheckpointDesk implements CheckpointAdvice {
  private readonly options: CheckpointDeskOptions;
  private told: readonly Finding[] = [];
  private toldUntilMs = 0;
  private readonly waitingSinceMs = new Map<string, number>();

  constructor(options: CheckpointDeskOptions) {
    this.options = options;
  }

  findings(): readonly Finding[] {
    return this.options.clock.monotonicMs() < this.toldUntilMs ? this.told : [];
  }

  async choose(ask: CheckpointAsk): Promise<CheckpointAdvised> {
    const { clock, providers } = this.options;
    const { bundle, folder, avoid = [] } = ask;
    const usable = providers.filter(({ url }) => !avoid.includes(url));
    if (usable.length === 0) {
      const which = providers.length === 0 ? 'is known for this network' : 'is left to ask';
      return { advice: 'genesis', reason: `no checkpoint provider ${which}` };
    }
    const timing = slotTiming(await (this.options.configText ?? readConfig)(bundle));
    const { genesisTimeSeconds, genesisValidatorsRoot } = bundle.identity;
    const currentEpoch = epochAt(genesisTimeSeconds, timing, clock.nowMs());
    if (currentEpoch < youngEpochs) return { advice: 'genesis', reason: 'the chain has only begun' };
    const survey = await surveyProviders(usable, { genesisValidatorsRoot, currentEpoch, timing });
    return this.advise(`${folder} ${avoid.join(' ')}`, survey);
  }

  async hold(agreed: AgreedCheckpoint, beacon: BeaconApi): Promise<Answer<HeldCheckpoint>> {
    const witnesses = this.options.providers.filter(({ url }) => agreed.confirmedBy.includes(url));
    return heldAgainst(agreed, beacon, witnesses);
  }

  private advise(key: string, survey: CheckpointSurvey): CheckpointAdvised {
    const { choice } = survey;
    if (choice.choice === 'use') {
      this.waitingSinceMs.clear();
      this.tell(survey, []);
      const { url, checkpoint, confirmedBy } = choice;
      return { advice: 'use', url, epoch: checkpoint.epoch, root: checkpoint.root, confirmedBy };
    }
    const nowMs = this.options.clock.monotonicMs();
    const sinceMs = this.waitingSinceMs.get(key) ?? nowMs;
    this.waitingSinceMs.set(key, sinceMs);
    const leftMs = choice.choice === 'unsure' ? patienceMs - (nowMs - sinceMs) : 0;
    const { reason } = choice;
    const subject = { node: this.options.node, layer: 'consensus' } as const;
    if (leftMs > 0) {
      const facts = { reason, leftSeconds: Math.ceil(leftMs / 1_000) };
      this.tell(survey, [checkpointFindings.create('EPH-CHECKPOINT-WAITING', facts, subject)]);
      return { advice: 'wait', waitMs: Math.min(askEveryMs, leftMs) };
    }
    this.waitingSinceMs.clear();
    this.tell(survey, [checkpointFindings.create('EPH-CHECKPOINT-NONE', { reason }, subject)]);
    return { advice: 'genesis', reason };
  }

  private tell(survey: CheckpointSurvey, more: readonly Finding[]): void {
    this.told = [...surveyFindings(survey, this.options.node), ...more];
    this.toldUntilMs = this.options.clock.monotonicMs() + tellForMs;
  }
}

/** The text of a release's `config.yaml`. */
export function readConfig({ directory }: ReleaseBundle): Promise<string> {
  return readFile(join(directory, bundleFiles.consensusConfig), 'utf8');
}
