import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moveKeySet } from '../../config/move-key-set.ts';
import { type SigningWish, signingRight } from '../../core/keys/ownership.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { type MoveParts, moveKeys } from './move-keys.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'move-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const signed = {
  genesisValidatorsRoot: '0xb',
  iteration: 11,
  keysFingerprint: 'f',
  startedAtMs: 10,
  endedAtMs: 20,
};
const configText = `nodes:
  a: # the old one
    validator: { client: toy, keySets: [main, other] }
  b:
    validator: { client: toy, keySets: [] }
`;

type Order = 'run' | 'stop' | 'halt';

/**
 * Two nodes whose clients sign whenever they may, on a disk of their own. A kill comes at the n-th effect. What a node was
 * told holds for all its keys; a halt or a stop that was cut short leaves a client that runs nevertheless.
 */
class Pair {
  readonly owners = new KeyOwners(join(folder, 'keys'));
  readonly running = new Set(['a']);
  readonly protectedOn = new Set(['a']);
  /** What was told to the giver, and by whom. */
  order: { said: Order; by: 'person' | 'move' } = { said: 'run', by: 'person' };
  /** Slots in which the giver signed since its protection was last taken along. */
  signedSince = false;
  config = configText;
  /** Nodes whose programs have keystores in places of their own. */
  readonly copies = new Set(['a']);
  maxSigners = 1;
  left = Number.POSITIVE_INFINITY;

  async effect(work: () => void | Promise<void>): Promise<void> {
    if (this.left-- <= 0) throw new Error('killed');
    await work();
    await this.everybodyTries();
    if (this.left-- <= 0) throw new Error('killed');
  }

  /** Each node starts its client if the record gives it the right. */
  async everybodyTries(): Promise<void> {
    const owner = await this.owners.read('main');
    // Whoever finds them there after the hand-over has a second signer.
    if (owner?.node === 'b' && this.copies.has('a')) this.maxSigners = 2;
    for (const node of ['a', 'b']) {
      const wish: SigningWish = {
        node,
        keysFingerprint: 'f',
        binding: { state: 'bound', installation: 'i' },
        network: {
          genesisValidatorsRoot: '0xb',
          iteration: 11,
          chainId: 7_001,
          startMs: 0,
          firstEpochEndMs: 0,
          isRemembered: this.protectedOn.has(node),
        },
      };
      const mayRun = node === 'b' || this.order.said === 'run';
      if (mayRun && signingRight(owner, wish, 100).right === 'after-a-look') this.running.add(node);
    }
    if (this.running.has('a')) this.signedSince = true;
    this.maxSigners = Math.max(this.maxSigners, this.running.size);
  }

  parts(): MoveParts {
    return {
      owners: {
        read: (set) => this.owners.read(set),
        change: async (set, make) => {
          await this.effect(async () => void (await this.owners.change(set, make)));
          return undefined;
        },
      },
      installation: 'i',
      stop: async (node) => {
        await this.effect(() => {
          if (this.order.said === 'run') this.order = { said: 'stop', by: 'move' };
        });
        const ran = this.running.has(node);
        await this.effect(() => {
          this.running.delete(node);
        });
        return ran;
      },
      carry: async (_from, to) => {
        await this.effect(() => {
          this.protectedOn.add(to);
          this.signedSince = false;
        });
        return true;
      },
      withdraw: (from) =>
        this.effect(() => {
          expect(this.running.has(from)).toBe(false);
          this.copies.delete(from);
        }),
      configure: (from, to) =>
        this.effect(() => {
          this.config = moveKeySet(this.config, 'ephemery.yaml', { keySet: 'main', from, to });
        }),
      start: (from) =>
        this.effect(() => {
          expect(from).toBe('a');
          if (this.order.by === 'move') this.order = { said: 'run', by: 'person' };
        }),
      told: () => undefined,
    };
  }
}

async function begin(): Promise<Pair> {
  const pair = new Pair();
  await pair.owners.write('main', { node: 'a', installation: 'i', signed });
  return pair;
}

const move = { keySet: 'main', from: 'a', to: 'b' };

describe('a move', () => {
  it('hands over, with what was signed, and keeps the comments of the configuration', async () => {
    const pair = await begin();
    await moveKeys(pair.parts(), move);
    expect(await pair.owners.read('main')).toEqual({ node: 'b', installation: 'i', signed });
    expect([...pair.running]).toEqual(['b']);
    expect(pair.config).toContain('# the old one');
    expect(pair.config).toMatch(/keySets: \[ ?other ?\]/);
    expect(pair.config).toMatch(/keySets: \[ ?main ?\]/);
  });

  it.each<[Order, boolean]>([
    ['run', true],
    ['stop', true],
    ['halt', true],
    ['stop', false],
    ['halt', false],
  ])(
    'killed at any step goes on when it is given again, and never makes two signers (told to %s before, runs: %s)',
    async (said, runs) => {
      let kills = 0;
      for (let at = 0; at < 40; at += 1) {
        await rm(join(folder, 'keys'), { recursive: true, force: true });
        const pair = await begin();
        pair.order = { said, by: 'person' };
        if (!runs) pair.running.clear();
        pair.left = at;
        await moveKeys(pair.parts(), move).catch(() => {
          kills += 1;
        });
        pair.left = Number.POSITIVE_INFINITY;
        await moveKeys(pair.parts(), move);
        const why = `killed at ${at}`;
        expect(await pair.owners.read('main'), why).toEqual({ node: 'b', installation: 'i', signed });
        expect(pair.maxSigners, why).toBe(1);
        expect([...pair.running], why).toEqual(['b']);
        expect([pair.protectedOn.has('b'), pair.signedSince], why).toEqual([true, false]);
        // What else the giver has goes on as it was told by others than the move.
        expect(pair.order, why).toEqual({ said, by: 'person' });
      }
      expect(kills).toBeGreaterThan(10);
    },
  );

  it.each(['stopped', 'carried', 'configured'] as const)(
    'ends what was started at the giver since it was killed, and takes along what that signed (%s)',
    async (moved) => {
      const pair = await begin();
      await pair.owners.write('main', { node: 'a', installation: 'i', signed, movingTo: 'b', moved });
      pair.order = { said: 'stop', by: 'move' };
      // Somebody's start that the record knows nothing of, as by hand.
      pair.running.add('a');
      pair.signedSince = true;
      pair.protectedOn.add('b');
      await moveKeys(pair.parts(), move);
      expect([pair.maxSigners, [...pair.running], pair.signedSince]).toEqual([1, ['b'], false]);
      expect(pair.order).toEqual({ said: 'run', by: 'person' });
    },
  );

  it('stops where somebody else claims the keys meanwhile', async () => {
    const pair = await begin();
    const parts = pair.parts();
    const claimed = { ...parts, carry: () => pair.owners.forget('main').then(() => true) };
    await expect(moveKeys(claimed, move)).rejects.toMatchObject({ code: 'EPH-VALIDATORS-MOVE-OVERTAKEN' });
    expect(await pair.owners.read('main')).toBeUndefined();
  });

  it('back to where they came from lets go on what the killed move had stopped there', async () => {
    const pair = await begin();
    await pair.owners.write('main', { node: 'b', installation: 'i', handedFrom: 'a', signed });
    pair.order = { said: 'stop', by: 'move' };
    const start = async () => {
      pair.order = { said: 'run', by: 'person' };
    };
    const parts = { ...pair.parts(), start };
    await moveKeys(parts, { keySet: 'main', from: 'b', to: 'a' });
    expect(pair.order).toEqual({ said: 'run', by: 'person' });
    expect((await pair.owners.read('main'))?.node).toBe('a');
  });

  it('between two networks leaves the past behind: the new node waits for quiet', async () => {
    const pair = await begin();
    const steps: string[] = [];
    const told = (step: string) => void steps.push(step);
    await moveKeys({ ...pair.parts(), carry: async () => false, told }, move);
    expect(await pair.owners.read('main')).toEqual({ node: 'b', installation: 'i' });
    expect(steps).toEqual(['begun', 'stopped', 'not-carried', 'configured', 'handed-over']);
  });

  it('under way to one node does not go to another', async () => {
    const pair = await begin();
    await pair.owners.write('main', { node: 'a', installation: 'i', movingTo: 'c', moved: 'stopped' });
    await expect(moveKeys(pair.parts(), move)).rejects.toMatchObject({
      code: 'EPH-VALIDATORS-MOVING-ELSEWHERE',
    });
  });
});
