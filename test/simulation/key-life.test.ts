import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keySources } from './key-deeds.ts';
import { KeyLife } from './key-life.ts';
import { liveKeyLives } from './key-lives.ts';

let sources: Awaited<ReturnType<typeof keySources>>;
beforeAll(async () => {
  sources = await keySources();
});
afterAll(() => sources?.remove());

describe('whatever happens to keys', () => {
  it('none is lost, none is in two places, none has two signers, and each opens', {
    timeout: 300_000,
  }, async () => {
    const numRuns = Number(process.env.PROPERTY_RUNS ?? 15);
    const { opened, starts, kills, copies } = await liveKeyLives(sources.folders, { numRuns });
    for (const [what, count] of Object.entries({ opened, starts, kills }))
      expect(count, what).toBeGreaterThan(numRuns / 2);
    expect(copies, 'copies').toBeGreaterThan(0);
  });

  it('copied, claimed, given to a client, and moved twice at once, they have one signer and are all here', async () => {
    const life = await KeyLife.begin(sources.folders);
    await life.act({ deed: 'import', source: 0, into: 'main' }, undefined);
    await life.act({ deed: 'pass', epochs: 4 }, undefined);
    await life.act({ deed: 'copy' }, undefined);
    await life.act({ deed: 'give', node: 'home' }, undefined);
    const move = { deed: 'move', keySet: 'main', to: 'second' } as const;
    await life.act({ deed: 'both', first: move, second: move }, undefined);
    await life.act({ deed: 'both', first: { deed: 'pass', epochs: 1 }, second: move }, undefined);
    expect([life.signing('home'), life.signing('second')]).toEqual([0, 2]);
    await life.act({ deed: 'copy' }, undefined);
    await life.act({ deed: 'claim', keySet: undefined }, undefined);
    await life.act({ deed: 'reset' }, undefined);
    await life.act({ deed: 'copy' }, undefined);
    expect([life.copies, life.broken, await life.prove()]).toEqual([3, [], 2]);
    await life.end();
  });

  it('two restores within a second keep both of what they replace', async () => {
    const life = await KeyLife.begin(sources.folders);
    await life.act({ deed: 'import', source: 0, into: 'main' }, undefined);
    await life.act({ deed: 'backup' }, undefined);
    for (const _ of [1, 2]) await life.act({ deed: 'restore', replace: false }, undefined);
    expect([life.broken, await life.prove()]).toEqual([[], 2]);
    await life.end();
  });

  it('a set that two nodes were given by hand signs on one of them, at a genesis too', async () => {
    const life = await KeyLife.begin(sources.folders);
    await life.act({ deed: 'import', source: 0, into: 'main' }, undefined);
    await life.act({ deed: 'pass', epochs: 4 }, undefined);
    await life.act({ deed: 'configure', keySet: 'main', node: 'second' }, undefined);
    await life.act({ deed: 'reset' }, undefined);
    await life.act({ deed: 'pass', epochs: 4 }, undefined);
    expect([life.signing('home'), life.signing('second'), life.broken]).toEqual([2, 0, []]);
    await life.end();
  });

  it.each([false, true])(
    'lost protection makes keys wait, and an older one from a backup too (%s)',
    async (restored) => {
      const life = await KeyLife.begin(sources.folders);
      await life.act({ deed: 'import', source: 0, into: 'main' }, undefined);
      await life.act({ deed: 'pass', epochs: 4 }, undefined);
      await life.act({ deed: 'backup' }, undefined);
      await life.act({ deed: 'pass', epochs: 1 }, undefined);
      await life.act({ deed: 'lose-protection', node: 'home' }, undefined);
      if (restored) await life.act({ deed: 'restore', replace: false }, undefined);
      expect(life.restores).toBe(restored ? 1 : 0);
      await life.act({ deed: 'pass', epochs: 1 }, undefined);
      expect(life.signing('home')).toBe(0);
      await life.act({ deed: 'pass', epochs: 3 }, undefined);
      expect([life.signing('home'), life.broken]).toEqual([2, []]);
      await life.end();
    },
  );

  it('keys that move to a node whose own protection was lost bring theirs along, and do not wait', async () => {
    const life = await KeyLife.begin(sources.folders);
    await life.act({ deed: 'import', source: 0, into: 'main' }, undefined);
    await life.act({ deed: 'pass', epochs: 4 }, undefined);
    await life.act({ deed: 'lose-protection', node: 'second' }, undefined);
    await life.act({ deed: 'move', keySet: 'main', to: 'second' }, undefined);
    await life.act({ deed: 'pass', epochs: 1 }, undefined);
    expect([life.signing('second'), life.broken]).toEqual([2, []]);
    await life.end();
  });

  it('keys go on signing after a reset without a word, with the node that owns them', async () => {
    const life = await KeyLife.begin(sources.folders);
    await life.act({ deed: 'import', source: 0, into: 'main' }, undefined);
    await life.act({ deed: 'pass', epochs: 4 }, undefined);
    expect(life.signing('home')).toBe(2);
    // At its genesis, without two epochs of waiting: nobody else can have been the signer.
    await life.act({ deed: 'reset' }, undefined);
    expect([life.signing('home'), life.signing('second')]).toEqual([2, 0]);
    await life.act({ deed: 'move', keySet: 'main', to: 'second' }, undefined);
    await life.act({ deed: 'pass', epochs: 1 }, undefined);
    expect([life.signing('home'), life.signing('second')]).toEqual([0, 2]);
    await life.act({ deed: 'reset' }, undefined);
    expect([life.signing('home'), life.signing('second'), life.broken]).toEqual([0, 2, []]);
    await life.end();
  });
});
