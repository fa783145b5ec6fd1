import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { syntheticRelease } from '../../../test/support/synthetic-release.ts';
import { type Answer, known, unknown } from '../../base/answer.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { ValidatorState } from '../../chain/beacon.ts';
import { type PublicKey, publicKeyOf } from '../../core/keys/public-key.ts';
import type { ReleaseBundle } from '../../core/network/bundle.ts';
import type { NetworkIdentity } from '../../core/network/identity.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { KeyStandings } from './key-standings.ts';

const bytesOf = (name: number) => Uint8Array.from([0x80, name, ...Array.from({ length: 46 }, () => 0)]);
const key = (name: number): PublicKey => publicKeyOf(bytesOf(name));

const root = `0x${'aa'.repeat(32)}`;
const identityOf = (iteration: number, genesisValidatorsRoot = root): NetworkIdentity => ({
  iteration,
  chainId: 39_438_000 + iteration,
  genesisValidatorsRoot,
  executionGenesisHash: `0x${'e1'.repeat(32)}`,
  genesisTimeSeconds: 600,
});
const identity = identityOf(7);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-standings-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What the world says, to be changed by a test. */
interface World {
  readonly clock: VirtualClock;
  readonly bundles: Map<number, ReleaseBundle>;
  genesis: Answer<string>;
  isSyncing: boolean;
  validators: () => Promise<Answer<ReadonlyMap<PublicKey, ValidatorState>>>;
  asked: number;
}

function world(): World {
  return {
    clock: new VirtualClock(0),
    bundles: new Map(),
    genesis: known(root),
    isSyncing: false,
    validators: async () => known(new Map()),
    asked: 0,
  };
}

function nodeIn(of: World, keys: readonly PublicKey[]): AssembledNode {
  const beacon = () => ({
    genesis: async () => (of.genesis.known ? known({ genesisValidatorsRoot: of.genesis.value }) : of.genesis),
    syncing: async () => known({ isSyncing: of.isSyncing }),
    validators: () => {
      of.asked += 1;
      return of.validators();
    },
  });
  const held = async (iteration: number) => [of.bundles.get(iteration) ?? []].flat();
  return {
    setup: {
      name: 'home',
      consensus: { ports: { api: 1 }, definition: { units: [] } },
      validator: { keySets: ['main'] },
    },
    environment: {
      clock: of.clock,
      beacon,
      releases: { held },
      store: { publicKeys: async () => keys },
    },
  } as unknown as AssembledNode;
}

/** A verified bundle whose genesis has these keys, in this order. */
async function bundle(iteration: number, names: readonly number[], of = root): Promise<ReleaseBundle> {
  const directory = join(folder, `${iteration}-${of.slice(2, 6)}`);
  const pubkey = (index: number) => bytesOf(names[index] ?? 0);
  const files = syntheticRelease({ iteration, validators: names.length, pubkey });
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), bytes);
  }
  return { directory, identity: identityOf(iteration, of) } as ReleaseBundle;
}

const state = (index: number, status: string, slashed = false): ValidatorState => ({
  index,
  status,
  slashed,
});

describe('how the keys of a node stand', () => {
  it('in both geneses by public key, and in the state by the consensus client', async () => {
    const of = world();
    of.bundles.set(7, await bundle(7, [9, 1]));
    of.bundles.set(8, await bundle(8, [2, 9, 1], `0x${'bb'.repeat(32)}`));
    of.validators = async () => known(new Map([[key(1), state(1, 'active_exiting')]]));
    const told = await new KeyStandings().of(nodeIn(of, [key(1), key(2)]), identity);
    expect(told).toEqual({
      iteration: 7,
      list: [
        {
          keySet: 'main',
          pubkey: key(1),
          thisGenesis: { included: true, index: 1 },
          nextGenesis: { included: true, index: 2 },
          state: 'exiting',
          status: 'active_exiting',
          index: 1,
        },
        {
          keySet: 'main',
          pubkey: key(2),
          thisGenesis: { included: false },
          nextGenesis: { included: true, index: 0 },
          state: 'absent',
        },
      ],
      notes: [],
    });
  });

  it.each([
    ['silence', (of: World) => Object.assign(of, { genesis: unknown('no answer') }), 'no answer'],
    ['another network', (of: World) => Object.assign(of, { genesis: known('0x00') }), 'another network'],
    ['a client that syncs', (of: World) => Object.assign(of, { isSyncing: true }), 'not in sync'],
    [
      'a client that breaks off',
      (of: World) => Object.assign(of, { validators: () => Promise.reject(new TypeError('cut')) }),
      'cut',
    ],
  ])('is unknown by %s, and never absent', async (_, befall, why) => {
    const of = world();
    befall(of);
    const told = await new KeyStandings().of(nodeIn(of, [key(1)]), identity);
    expect(told?.list).toMatchObject([
      { state: 'unknown', thisGenesis: { included: 'unknown' }, nextGenesis: { included: 'unknown' } },
    ]);
    expect(told?.notes).toHaveLength(3);
    expect(told?.notes.at(-1)).toContain(why);
  });

  it('waits for no slow answer, which is there for the next report; nor asks again at once', async () => {
    const of = world();
    let answer: (states: Answer<ReadonlyMap<PublicKey, ValidatorState>>) => void = () => undefined;
    of.validators = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const node = nodeIn(of, [key(1)]);
    const standings = new KeyStandings();
    const first = standings.of(node, identity);
    while (of.asked === 0) await of.clock.advance(0);
    await of.clock.advance(300);
    expect((await first)?.list[0]?.state).toBe('unknown');
    answer(known(new Map([[key(1), state(3, 'active_ongoing')]])));
    expect((await standings.of(node, identity))?.list[0]?.state).toBe('active');
    expect(of.asked).toBe(1);
    of.validators = async () => known(new Map([[key(1), state(3, 'active_slashed', true)]]));
    await of.clock.advance(5_000);
    expect((await standings.of(node, identity))?.list[0]?.state).toBe('slashed');
  });

  it('a genesis of the same number that is not of this identity says nothing', async () => {
    const of = world();
    of.bundles.set(7, await bundle(7, [1], `0x${'cc'.repeat(32)}`));
    const told = await new KeyStandings().of(nodeIn(of, [key(1)]), identity);
    expect(told?.list[0]?.thisGenesis).toEqual({ included: 'unknown' });
  });

  it('is not told of a node without key sets', async () => {
    const node = { setup: {}, environment: {} } as unknown as AssembledNode;
    expect(await new KeyStandings().of(node, identity)).toBeUndefined();
  });
});
