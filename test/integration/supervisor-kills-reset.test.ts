import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { journalOf, liveAndDie } from '../support/deadly-lives.ts';
import { until } from '../support/mayfly-process.ts';
import { SigningHome } from '../support/signing-home.ts';

/** What a reset of such a node cannot do without; all other kinds of records are found in the journal itself. */
const effects = [
  'reset.started',
  'unit.stopped validator',
  'unit.stopped consensus',
  'unit.stopped execution',
  'unit.starting execution',
  'layer.proven execution',
  'checkpoint.chosen',
  'unit.started consensus',
  'layer.proven consensus',
  'reset.completed',
  'step.done open slashing protection mayfly-1 for R',
  'step.started see that nobody else signs with main',
  'unit.starting validator',
  'unit.started validator',
  'keys.loaded',
  'layer.harvested execution',
  'layer.harvested consensus',
  'reset.live',
  'hook.finished reset.completed',
  'hook.finished reset.live',
  'folder.collected',
];

/** With these in one life, and nothing left to do: a reset from its beginning, away from a network with a validator client. */
const wholeReset = ['reset.started', 'unit.stopped validator'];

/** Killed until it is through a whole reset unharmed: then it was killed at everything that a reset writes down. */
describe('our process, killed before and after each record of a reset, and started again', () => {
  const moments = ['torn', 'written'] as const;
  let signing: SigningHome;
  beforeEach(async () => {
    signing = await SigningHome.create(50);
  });
  afterEach(() => signing?.home.close());

  it('completes the reset, with all keys, all protection, and one client of a kind', async () => {
    const { home, up } = signing;
    const first = home.start(up);
    await until(async () => signing.isSettled(await journalOf(home)), 200_000);
    await signing.look();
    await first.stop('SIGKILL');
    const { died, written } = await liveAndDie(home, {
      args: up,
      moments,
      look: signing.look,
      isEnd: async (state, kinds) =>
        wholeReset.every((kind) => kinds.includes(kind)) && signing.isSettled(state),
    });
    expect(written).toEqual(expect.arrayContaining(effects));
    const due = written.flatMap((kind) => moments.map((moment) => `${moment} ${kind}`));
    expect(due.filter((each) => !died.includes(each))).toEqual([]);
    await signing.expectWhole();
    expect(signing.networksKept).toBeGreaterThan(0);
    await signing.expectDown();
  });
});
