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

/** Two nodes whose clients sign whenever they may, on a disk of their own. A kill comes at the n-th effect. */
class Pair {
  readonly owners = new KeyOwners(join(folder, 'keys'));
  readonly running = new Set(['a']);
  readonly protectedOn = new Set(['a']);
  config = configText;
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
    for (const node of ['a', 'b']) {
      const wish: SigningWish = {
        node,
        keysFingerprint: 'f',
        binding: { state: 'bound', installation: 'i' },
        network: {
          genesisValidatorsRoot: '0xb',
          iteration: 11,
          startMs: 0,
          firstEpochEndMs: 0,
          isRemembered: this.protectedOn.has(node),
        },
      };
      if (signingRight(owner, wish, 100).right === 'after-a-look') this.running.add(node);
    }
    this.maxSigners = Math.max(this.maxSigners, this.running.size);
  }

  parts(): MoveParts {
    return {
      owners: {
        read: (set) => this.owners.read(set),
        write: (set, owner) => this.effect(() => this.owners.write(set, owner)),
      },
      installation: 'i',
      stop: (node) =>
        this.effect(() => {
          this.running.delete(node);
        }),
      carry: async (_from, to) => {
        await this.effect(() => {
          this.protectedOn.add(to);
        });
        return true;
      },
      configure: (from, to) =>
        this.effect(() => {
          this.config = moveKeySet(this.config, 'ephemery.yaml', { keySet: 'main', from, to });
        }),
      start: () => this.effect(() => undefined),
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

  it('killed at any step goes on when it is given again, and never makes two signers', async () => {
    let kills = 0;
    for (let at = 0; at < 40; at += 1) {
      await rm(join(folder, 'keys'), { recursive: true, force: true });
      const pair = await begin();
      pair.left = at;
      await moveKeys(pair.parts(), move).catch(() => {
        kills += 1;
      });
      pair.left = Number.POSITIVE_INFINITY;
      await moveKeys(pair.parts(), move);
      expect(await pair.owners.read('main'), `killed at ${at}`).toEqual({
        node: 'b',
        installation: 'i',
        signed,
      });
      expect(pair.maxSigners, `killed at ${at}`).toBe(1);
      expect([...pair.running]).toEqual(['b']);
      expect(pair.protectedOn.has('b')).toBe(true);
    }
    expect(kills).toBeGreaterThan(10);
  });

  it('between two networks leaves the past behind: the new node waits for quiet', async () => {
    const pair = await begin();
    await moveKeys({ ...pair.parts(), carry: async () => false }, move);
    expect(await pair.owners.read('main')).toEqual({ node: 'b', installation: 'i' });
  });

  it('under way to one node does not go to another', async () => {
    const pair = await begin();
    await pair.owners.write('main', { node: 'a', installation: 'i', movingTo: 'c', moved: 'stopped' });
    await expect(moveKeys(pair.parts(), move)).rejects.toMatchObject({
      code: 'EPH-VALIDATORS-MOVING-ELSEWHERE',
    });
  });
});
