import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { liveAndDie } from '../support/deadly-lives.ts';
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

/** Enough for a reset, and some seconds in which keys sign; the deaths of the first reset take more than one period. */
const periodSeconds = 26;

/** Killed until it is through a whole reset unharmed: then it was killed at everything that a reset writes down. */
describe('our process, killed before and after each record of a reset, and started again', () => {
  const moments = ['torn', 'written'] as const;
  let signing: SigningHome;
  beforeEach(async () => {
    signing = await SigningHome.create(periodSeconds);
  });
  afterEach(() => signing?.home.close());

  it('completes the reset, with all keys, all protection, and one client of a kind', async () => {
    const { home, up } = signing;
    const first = home.start(up);
    // What it signs on the network that begins settled is to outlive all deaths to come.
    await until(async () => (await signing.isSettledForNext()) && (await signing.hasSigned()), 300_000);
    await signing.look();
    const kept = await signing.keptFiles();
    await first.stop('SIGKILL');
    const { died, written } = await liveAndDie(home, {
      args: up,
      moments,
      look: signing.look,
      isEnd: async (_, kinds) =>
        (await signing.isSettledForNext()) && wholeReset.every((kind) => kinds.includes(kind)),
    });
    expect(written).toEqual(expect.arrayContaining(effects));
    const due = written.flatMap((kind) => moments.map((moment) => `${moment} ${kind}`));
    expect(due.filter((each) => !died.includes(each))).toEqual([]);
    await signing.expectWhole();
    expect(await signing.keptFiles()).toEqual(kept);
    expect(signing.networksKept).toBeGreaterThan(0);
    await signing.look();
    expect(signing.signers.seen.size).toBeGreaterThan(0);
    await signing.expectDown();
  });
});
