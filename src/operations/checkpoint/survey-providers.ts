import type { Answer } from '../../base/answer.ts';
import { displayUrl } from '../../base/http-url.ts';
import type { CheckpointProvider } from '../../chain/checkpoint-provider.ts';
import { checkpointFindings } from '../../core/findings/checkpoint.ts';
import type { Finding } from '../../core/findings/finding.ts';
import {
  type CheckpointChoice,
  chooseCheckpoint,
  type Disagreement,
  judgeProvider,
  type ProviderVerdict,
  questionKey,
  rootQuestions,
} from '../../core/sync/checkpoint.ts';
import type { SlotTiming } from '../../core/sync/slot-timing.ts';

/** A checkpoint names the last block at or before its epoch's first slot: so many empty slots are stepped over. */
const emptySlots = 4;

/** What asking everybody once came to. */
export interface CheckpointSurvey {
  readonly verdicts: readonly ProviderVerdict[];
  readonly choice: CheckpointChoice;
  readonly disagreements: readonly Disagreement[];
}

interface SurveyMeasure {
  readonly genesisValidatorsRoot: string;
  readonly currentEpoch: number;
  readonly timing: SlotTiming;
}

/** Asks every provider once, all at the same time. Never throws: silence is an answer of its own. */
export async function surveyProviders(
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

/** The root of the last block at or before a slot, as one source has it. */
export async function rootAtOrBefore(
  source: Pick<CheckpointProvider, 'blockRoot'>,
  slot: number,
): Promise<Answer<string>> {
  let answer: Answer<string> = { known: false, reason: 'not asked' };
  for (let at = slot; at >= Math.max(0, slot - emptySlots); at -= 1) {
    answer = await source.blockRoot(at);
    // Only an empty slot is stepped over: after a silence the block before would be another answer.
    if (answer.known || answer.reason !== 'status 404') return answer;
  }
  return answer;
}

/** What is worth telling of the providers themselves. */
export function surveyFindings(survey: CheckpointSurvey, node?: string): readonly Finding[] {
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
