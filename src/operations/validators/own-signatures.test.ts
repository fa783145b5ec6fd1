import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf } from '../../../test/simulation/network.ts';
import { known, unknown } from '../../base/answer.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { BeaconApi } from '../../chain/beacon.ts';
import { mayflyValidator } from '../../core/clients/validator/mayfly.ts';
import { publicKeyOf } from '../../core/keys/public-key.ts';
import { ownTrace } from './own-trace.ts';
import { SigningWatch } from './signing-alarm.ts';

const identity = identityOf(10);
const genesisMs = identity.genesisTimeSeconds * 1_000;
const slotMs = 12_000;
const epochMs = 8 * slotMs;
const key = publicKeyOf(new Uint8Array(48).fill(7).fill(0x80, 0, 1));
const newer = publicKeyOf(new Uint8Array(48).fill(9).fill(0x80, 0, 1));
const root = `0x${'ab'.repeat(32)}`;
let store = '';
let clock: VirtualClock;
/** `<index> <epoch>` of what the beacon node saw. */
let live: Set<string>;
let blocks: number[];
let marks: typeof mayflyValidator.signedMarks | undefined;
const activation = new Map([
  [3, 0],
  [4, 5],
]);

const beacon = {
  timing: async () => known({ secondsPerSlot: 12, slotsPerEpoch: 8 }),
  syncing: async () =>
    known({ headSlot: 0, syncDistance: 0, isSyncing: false, isOptimistic: false, elOffline: false }),
  validators: async () => {
    const epoch = Math.floor((clock.nowMs() - genesisMs) / epochMs);
    const state = (index: number) => {
      const activationEpoch = activation.get(index) ?? 0;
      const status = epoch >= activationEpoch ? 'active_ongoing' : 'pending_queued';
      return { index, status, slashed: false, activationEpoch };
    };
    return known(
      new Map([
        [key, state(3)],
        [newer, state(4)],
      ]),
    );
  },
  liveness: async (epoch: number, indices: readonly number[]) =>
    known(new Map(indices.map((index) => [index, live.has(`${index} ${epoch}`)]))),
  duties: async (epoch: number) =>
    known({
      attesters: new Map([
        [3, epoch * 8 + 2],
        [4, epoch * 8 + 5],
      ]),
      proposers: new Map([[3, [epoch * 8 + 4]]]),
    }),
  proposerOf: async (slot: number) => (blocks.includes(slot) ? known(3) : unknown('status 404')),
  syncCommittee: async () => known([]),
} as unknown as BeaconApi;

beforeEach(async () => {
  store = join(await mkdtemp(join(tmpdir(), 'signatures-')), 'mayfly-1');
  await mkdir(store);
  await writeFile(join(store, 'slashing-protection.json'), '{"metadata":{},"data":[]}');
  await writeLog('', genesisMs - 60_000);
  clock = new VirtualClock(genesisMs - 60_000);
  live = new Set();
  blocks = [];
  marks = mayflyValidator.signedMarks;
});
afterEach(() => rm(join(store, '..'), { recursive: true, force: true }));

/** What our client has signed, and when it wrote that down. */
async function writeLog(lines: string, atMs: number): Promise<void> {
  await writeFile(join(store, 'slashing-protection.log'), lines);
  for (const name of ['slashing-protection.log', 'slashing-protection.json'])
    await utimes(join(store, name), atMs / 1_000, atMs / 1_000);
}

const watch = () => {
  const alarms = new SigningWatch(clock);
  const keys = [key, newer];
  return (startedAtMs = genesisMs - 60_000) =>
    alarms.look({
      identity,
      beacon,
      keys,
      ours: new Set(keys),
      slashedBefore: [],
      startedAtMs,
      earlierUntilMs: () => 0,
      strangers: async () => known([]),
      trace: () => ownTrace(store, { keys, ...(marks === undefined ? {} : { marks }) }),
    });
};

describe.each(['what each key signed', 'when it was written last'])(
  'a client started before the genesis, by %s',
  (how) => {
    beforeEach(() => {
      if (how === 'when it was written last') marks = undefined;
    });

    it.each([0, 1])('an attestation in epoch %i that is not in its store halts it', async (epoch) => {
      const look = watch();
      await clock.advance(60_000 + epoch * epochMs + 3 * slotMs);
      expect(await look()).toBeUndefined();
      live.add(`3 ${epoch}`);
      await clock.advance(slotMs);
      expect(await look()).toMatchObject({
        reason: `validator 3 was active in epoch ${epoch}, in which our client did not sign with it`,
      });
    });

    it('one that is in its store is its own, also as the line before a torn one', async () => {
      const look = watch();
      await clock.advance(60_000 + 3 * slotMs);
      live.add('3 0');
      await writeLog(`a ${key} 0 0 ${root}\na ${newer} 0`, clock.nowMs());
      expect(await look()).toBeUndefined();
    });

    it('a block that is not in its store halts it, and one that is does not', async () => {
      const look = watch();
      await clock.advance(60_000 + 4 * slotMs + 1_000);
      blocks = [4];
      await writeLog(`b ${key} 4 ${root}\n`, clock.nowMs());
      expect(await look()).toBeUndefined();
      await clock.advance(slotMs);
      await writeLog(`a ${key} 0 0 ${root}\n`, genesisMs + 2 * slotMs);
      expect(await watch()()).toMatchObject({
        reason: 'validator 3 proposed in slot 4, which our client did not sign',
      });
    });

    it('nothing is held against it after its second epoch, nor where nothing can be read', async () => {
      const look = watch();
      await clock.advance(60_000 + 3 * epochMs);
      live.add('3 2').add('3 3');
      expect(await look()).toBeUndefined();
      await rm(store, { recursive: true });
      const fresh = watch();
      live.add('3 3');
      expect(await fresh(clock.nowMs())).toBeUndefined();
    });
  },
);

describe('a key that becomes active under a client that runs', () => {
  it('is watched in the first two epochs from then, beside one that signs all the time', async () => {
    const look = watch();
    for (const epoch of [5, 6]) {
      await clock.advance(genesisMs + epoch * epochMs + 6 * slotMs - clock.nowMs());
      await writeLog(`a ${key} 4 ${epoch} ${root}\na ${newer} 4 ${epoch} ${root}\n`, clock.nowMs());
      live = new Set([`3 ${epoch}`, `4 ${epoch}`]);
      expect(await look()).toBeUndefined();
      await writeLog(`a ${key} 4 ${epoch} ${root}\n`, clock.nowMs());
      await clock.advance(slotMs);
      expect(await look()).toMatchObject({
        reason: expect.stringContaining(`validator 4 was active in epoch ${epoch}`),
      });
    }
    await clock.advance(epochMs);
    live = new Set(['3 7', '4 7']);
    expect(await look()).toBeUndefined();
  });
});
