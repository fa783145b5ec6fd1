import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { liveAndDie } from '../support/deadly-lives.ts';
import { SigningHome } from '../support/signing-home.ts';

/** What a first start alone has; what it shares with a reset is killed in a test of that. */
const effects = [
  'reset.started',
  'unit.starting execution',
  'unit.started execution',
  'unit.starting consensus',
  'unit.started consensus',
  'reset.completed',
  'keys.recorded',
  'unit.starting validator',
  'unit.started validator',
  'reset.live',
];

describe('our process, killed before each record of a first start, and started again', () => {
  let signing: SigningHome;
  beforeEach(async () => {
    signing = await SigningHome.create(300);
  });
  afterEach(() => signing?.home.close());

  it('completes the first start', async () => {
    const { home, up, look } = signing;
    const isEnd = signing.isSettled.bind(signing);
    const { died } = await liveAndDie(home, { args: up, moments: ['lost'], look, isEnd });
    expect(died).toEqual(expect.arrayContaining(effects.map((kind) => `lost ${kind}`)));
    await signing.expectWhole();
    await signing.expectDown();
  });
});
