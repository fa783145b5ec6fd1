import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../base/answer.ts';
import {
  type CheckpointMeasure,
  chooseCheckpoint,
  judgeProvider,
  type ProviderWord,
  questionKey,
  type RootAnswers,
  rootQuestions,
} from './checkpoint.ts';

const root = (digit: string) => `0x${digit.repeat(64)}`;
const measure: CheckpointMeasure = { genesisValidatorsRoot: root('a'), currentEpoch: 100 };

function word(url: string, epoch = 98, digit = '1'): ProviderWord {
  return {
    url,
    genesisValidatorsRoot: known(root('a')),
    finalized: known({ epoch, root: root(digit) }),
  };
}

function choose(words: readonly ProviderWord[], answers: RootAnswers = new Map()) {
  return chooseCheckpoint(
    words.map((said) => judgeProvider(said, measure)),
    answers,
  );
}

const silent = (url: string) => ({ ...word(url), finalized: unknown('ECONNREFUSED') });

describe('whether a provider may be believed', () => {
  it('is no for another network, the past, and the future; silence is neither', () => {
    const other = { ...word('x'), genesisValidatorsRoot: known(root('b')) };
    const judged = [other, word('x', 83), word('x', 84), word('x', 101), silent('x')].map((said) => {
      const verdict = judgeProvider(said, measure);
      return verdict.verdict === 'refused' ? verdict.reason : verdict.verdict;
    });
    expect(judged).toEqual(['other-network', 'stale', 'eligible', 'ahead', 'silent']);
  });

  it('compares roots whatever their case', () => {
    const said = { ...word('x'), genesisValidatorsRoot: known(root('A')) };
    expect(judgeProvider(said, measure).verdict).toBe('eligible');
  });
});

describe('the choice of a checkpoint', () => {
  it('takes the first that a second one confirms', () => {
    const { choice } = choose([word('one'), word('two'), word('three')]);
    expect(choice).toMatchObject({ choice: 'use', url: 'one', confirmedBy: ['two', 'three'] });
  });

  it('never takes one that stands alone, however willing', () => {
    expect(choose([word('one')]).choice).toMatchObject({ choice: 'genesis' });
    expect(choose([]).choice).toMatchObject({ choice: 'genesis' });
  });

  it('waits for the silent, who may be the second', () => {
    expect(choose([word('one'), silent('two')]).choice).toMatchObject({ choice: 'unsure' });
    expect(choose([silent('one'), silent('two')]).choice).toMatchObject({ choice: 'unsure' });
    expect(choose([silent('one')]).choice).toMatchObject({ choice: 'genesis' });
  });

  it('refuses a lie in either place and says who differs', () => {
    const { choice, disagreements } = choose([word('liar', 98, '2'), word('one'), word('two')]);
    expect(choice).toMatchObject({ choice: 'use', url: 'one', confirmedBy: ['two'] });
    expect(disagreements.map(({ other, one }) => [one, other])).toEqual([
      ['liar', 'one'],
      ['liar', 'two'],
    ]);
  });

  it('believes nobody when two say one thing and two another', () => {
    const words = [word('a', 98, '2'), word('b', 98, '2'), word('c'), word('d')];
    expect(choose(words).choice).toMatchObject({ choice: 'genesis' });
  });

  it('asks the newer one of the older one’s epoch, and lets only the older one be confirmed by that', () => {
    const words = [word('new', 99, '9'), word('old', 98, '1')];
    const verdicts = words.map((said) => judgeProvider(said, measure));
    expect(rootQuestions(verdicts)).toEqual([{ url: 'new', epoch: 98 }]);
    const key = questionKey({ url: 'new', epoch: 98 });
    const agreeing = choose(words, new Map([[key, known(root('1'))]])).choice;
    expect(agreeing).toMatchObject({ choice: 'use', url: 'old', confirmedBy: ['new'] });
    const differing = choose(words, new Map([[key, known(root('2'))]]));
    expect(differing.choice).toMatchObject({ choice: 'genesis' });
    expect(differing.disagreements).toHaveLength(1);
    expect(choose(words, new Map([[key, unknown('status 404')]])).choice).toMatchObject({
      choice: 'unsure',
    });
  });
});
