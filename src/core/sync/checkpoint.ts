import type { Answer } from '../../base/answer.ts';

export interface Checkpoint {
  readonly epoch: number;
  /** Of the block that the checkpoint names, hex with 0x. */
  readonly root: string;
}

/** What one provider says of itself. */
export interface ProviderWord {
  readonly url: string;
  readonly genesisValidatorsRoot: Answer<string>;
  readonly finalized: Answer<Checkpoint>;
}

/** What providers are held against. */
export interface CheckpointMeasure {
  readonly genesisValidatorsRoot: string;
  /** By the clock. */
  readonly currentEpoch: number;
}

export type RefusalReason = 'other-network' | 'stale' | 'ahead';

export type ProviderVerdict =
  | { readonly url: string; readonly verdict: 'eligible'; readonly finalized: Checkpoint }
  | {
      readonly url: string;
      readonly verdict: 'refused';
      readonly reason: RefusalReason;
      readonly detail: string;
    }
  /** It said nothing that can be judged: that is never a difference. */
  | { readonly url: string; readonly verdict: 'silent'; readonly detail: string };

type Eligible = Extract<ProviderVerdict, { verdict: 'eligible' }>;

/** Finality is two to three epochs behind the clock on a healthy network. */
const mostLagEpochs = 16;
/** Before this no checkpoint saves anything: the chain is so short that genesis is as good. */
export const youngEpochs = 4;

/** Whether a provider may be believed at all: our network, and recent. */
export function judgeProvider(word: ProviderWord, measure: CheckpointMeasure): ProviderVerdict {
  const { url, genesisValidatorsRoot: root, finalized } = word;
  if (!root.known) return { url, verdict: 'silent', detail: root.reason };
  if (root.value.toLowerCase() !== measure.genesisValidatorsRoot.toLowerCase()) {
    const detail = `its genesis validators root is ${root.value}`;
    return { url, verdict: 'refused', reason: 'other-network', detail };
  }
  if (!finalized.known) return { url, verdict: 'silent', detail: finalized.reason };
  const { epoch } = finalized.value;
  const lag = measure.currentEpoch - epoch;
  const detail = `its finalized epoch is ${epoch}, and it is epoch ${measure.currentEpoch} now`;
  if (lag > mostLagEpochs) return { url, verdict: 'refused', reason: 'stale', detail };
  if (lag < 0) return { url, verdict: 'refused', reason: 'ahead', detail };
  return { url, verdict: 'eligible', finalized: finalized.value };
}

/** Which root a provider names for an earlier epoch than its own finalized one. */
export interface RootQuestion {
  readonly url: string;
  readonly epoch: number;
}

export function questionKey({ url, epoch }: RootQuestion): string {
  return `${epoch} ${url}`;
}

/** What must be asked so that any two eligible providers can be compared: the newer one of the older one's epoch. */
export function rootQuestions(verdicts: readonly ProviderVerdict[]): readonly RootQuestion[] {
  const eligible = verdicts.filter(isEligible);
  const all = eligible.flatMap((newer) =>
    eligible
      .filter((older) => older.finalized.epoch < newer.finalized.epoch)
      .map((older) => ({ url: newer.url, epoch: older.finalized.epoch })),
  );
  return [...new Map(all.map((question) => [questionKey(question), question])).values()];
}

export type RootAnswers = ReadonlyMap<string, Answer<string>>;

export interface Disagreement {
  readonly epoch: number;
  readonly one: string;
  readonly oneRoot: string;
  readonly other: string;
  readonly otherRoot: string;
}

export type CheckpointChoice =
  | {
      readonly choice: 'use';
      readonly url: string;
      readonly checkpoint: Checkpoint;
      readonly confirmedBy: readonly string[];
    }
  /** Everybody was heard who could make a difference, and nobody can be believed. */
  | { readonly choice: 'genesis'; readonly reason: string }
  /** Who does not answer may still make a difference. */
  | { readonly choice: 'unsure'; readonly reason: string };

/**
 * The first provider, in the order given, whose finalized root at its epoch a second one names too, and more of
 * them than name another. Pure: `answers` are those to `rootQuestions`, by `questionKey`.
 */
export function chooseCheckpoint(
  verdicts: readonly ProviderVerdict[],
  answers: RootAnswers,
): { readonly choice: CheckpointChoice; readonly disagreements: readonly Disagreement[] } {
  const eligible = verdicts.filter(isEligible);
  const pairs = eligible.flatMap((one, index) =>
    eligible.slice(index + 1).map((other) => compare(one, other, answers)),
  );
  const disagreements = pairs.flatMap(({ disagreement }) => disagreement ?? []);
  for (const candidate of eligible) {
    const confirmedBy = pairs.flatMap((pair) => (pair.confirms?.(candidate.url) ?? [])[0] ?? []);
    const against = disagreements.filter(({ one, other }) => [one, other].includes(candidate.url)).length;
    const isOutvoted = confirmedBy.length + 1 <= against;
    if (confirmedBy.length === 0 || isOutvoted) continue;
    const { url, finalized } = candidate;
    return { choice: { choice: 'use', url, checkpoint: finalized, confirmedBy }, disagreements };
  }
  return { choice: withoutProvider(verdicts, pairs), disagreements };
}

function withoutProvider(
  verdicts: readonly ProviderVerdict[],
  pairs: readonly Comparison[],
): CheckpointChoice {
  const silent = verdicts.filter(({ verdict }) => verdict === 'silent').length;
  const eligible = verdicts.filter(isEligible).length;
  const open = pairs.filter((pair) => pair.open).length;
  const heard = `of ${verdicts.length} providers ${eligible} can be believed and ${silent} did not answer`;
  if (eligible + silent < 2) return { choice: 'genesis', reason: `two are needed, and ${heard}` };
  if (silent > 0 || open > 0) return { choice: 'unsure', reason: heard };
  return { choice: 'genesis', reason: 'the providers do not agree on a finalized root' };
}

interface Comparison {
  /** Who confirms this provider, if this pair says so. */
  readonly confirms?: (url: string) => readonly string[];
  readonly disagreement?: Disagreement;
  /** The newer one did not say. */
  readonly open?: true;
}

function compare(one: Eligible, other: Eligible, answers: RootAnswers): Comparison {
  const [older, newer] = one.finalized.epoch <= other.finalized.epoch ? [one, other] : [other, one];
  const { epoch, root } = older.finalized;
  const isSameEpoch = epoch === newer.finalized.epoch;
  const answer: Answer<string> = isSameEpoch
    ? { known: true, value: newer.finalized.root }
    : (answers.get(questionKey({ url: newer.url, epoch })) ?? { known: false, reason: 'not asked' });
  if (!answer.known) return { open: true };
  if (answer.value.toLowerCase() !== root.toLowerCase()) {
    const disagreement = {
      epoch,
      one: older.url,
      oneRoot: root,
      other: newer.url,
      otherRoot: answer.value,
    };
    return { disagreement };
  }
  return {
    confirms: (url) => {
      if (url === older.url) return [newer.url];
      // An older one says nothing of what the newer one finalized since.
      return isSameEpoch && url === newer.url ? [older.url] : [];
    },
  };
}

function isEligible(verdict: ProviderVerdict): verdict is Eligible {
  return verdict.verdict === 'eligible';
}
