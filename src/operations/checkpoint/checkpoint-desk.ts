import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer } from '../../base/answer.ts';
import type { Clock } from '../../base/clock.ts';
import { displayUrl } from '../../base/http-url.ts';
import type { CheckpointProvider } from '../../chain/checkpoint-provider.ts';
import { checkpointFindings } from '../../core/findings/checkpoint.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { bundleFiles, type ReleaseBundle } from '../../core/network/bundle.ts';
import {
  type CheckpointChoice,
  chooseCheckpoint,
  type Disagreement,
  judgeProvider,
  type ProviderVerdict,
  questionKey,
  rootQuestions,
  youngEpochs,
} from '../../core/sync/checkpoint.ts';
import { epochAt, type SlotTiming, slotTiming } from '../../core/sync/slot-timing.ts';
import type { CheckpointAdvice, CheckpointAdvised, CheckpointAsk } from '../node/node-environment.ts';

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
/** A checkpoint names the last block at or before its epoch's first slot: so many empty slots are stepped over. */
const emptySlots = 4;

/** What asking everybody once came to. */
interface CheckpointSurvey {
  readonly verdicts: readonly ProviderVerdict[];
  readonly choice: CheckpointChoice;
  readonly disagreements: readonly Disagreement[];
}

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
    if (usable.length === 0) return { advice: 'genesis', reason: 'no checkpoint provider is left to ask' };
    const timing = slotTiming(await (this.options.configText ?? readConfig)(bundle));
    const { genesisTimeSeconds, genesisValidatorsRoot } = bundle.identity;
    const currentEpoch = epochAt(genesisTimeSeconds, timing, clock.nowMs());
    if (currentEpoch < youngEpochs) return { advice: 'genesis', reason: 'the chain has only begun' };
    const survey = await surveyProviders(usable, { genesisValidatorsRoot, currentEpoch, timing });
    return this.advise(`${folder} ${avoid.join(' ')}`, survey);
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

interface SurveyMeasure {
  readonly genesisValidatorsRoot: string;
  readonly currentEpoch: number;
  readonly timing: SlotTiming;
}

/** Asks every provider once, all at the same time. Never throws: silence is an answer of its own. */
async function surveyProviders(
  providers: readonly CheckpointProvider[],
  measure: SurveyMeasure,
): Promise<CheckpointSurvey> {
  const verdicts = await Promise.all(
    providers.map(async (provider) => {
      const [genesisValidatorsRoot, finalized] = await Promise.all([
        provider.genesisValidatorsRoot(),
        provider.finalized(),
      ]);
      return judgeProvider({ url: provider.url, genesisValidatorsRoot, finalized }, measure);
    }),
  );
  const answers = await Promise.all(
    rootQuestions(verdicts).map(async (question): Promise<readonly [string, Answer<string>]> => {
      const provider = providers.find(({ url }) => url === question.url);
      const slot = question.epoch * measure.timing.slotsPerEpoch;
      const answer: Answer<string> =
        provider === undefined ? { known: false, reason: 'not asked' } : await rootAtOrBefore(provider, slot);
      return [questionKey(question), answer];
    }),
  );
  return { verdicts, ...chooseCheckpoint(verdicts, new Map(answers)) };
}

async function rootAtOrBefore(provider: CheckpointProvider, slot: number): Promise<Answer<string>> {
  let answer: Answer<string> = { known: false, reason: 'not asked' };
  for (let at = slot; at >= Math.max(0, slot - emptySlots); at -= 1) {
    answer = await provider.blockRoot(at);
    // Only an empty slot is stepped over: after a silence the block before would be another answer.
    if (answer.known || answer.reason !== 'status 404') return answer;
  }
  return answer;
}

/** What is worth telling of the providers themselves. */
function surveyFindings(survey: CheckpointSurvey, node?: string): readonly Finding[] {
  const subject = node === undefined ? {} : ({ node, layer: 'consensus' } as const);
  const refused = survey.verdicts.flatMap((verdict) => {
    if (verdict.verdict !== 'refused') return [];
    const { url, reason, detail } = verdict;
    const facts = { target: displayUrl(url), reason, detail };
    return [checkpointFindings.create('EPH-CHECKPOINT-PROVIDER', facts, subject)];
  });
  // One is told: who lies to one lies to all, and the list would say no more.
  const disagreements = survey.disagreements
    .slice(0, 1)
    .map((facts) =>
      checkpointFindings.create(
        'EPH-CHECKPOINT-DISAGREE',
        { ...facts, one: displayUrl(facts.one), other: displayUrl(facts.other) },
        subject,
      ),
    );
  return [...refused, ...disagreements];
}

function readConfig({ directory }: ReleaseBundle): Promise<string> {
  return readFile(join(directory, bundleFiles.consensusConfig), 'utf8');
}
