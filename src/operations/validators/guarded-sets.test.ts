import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf, network } from '../../../test/simulation/network.ts';
import { known } from '../../base/answer.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { BeaconApi } from '../../chain/beacon.ts';
import { publicKeyOf } from '../../core/keys/public-key.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import { KeyGuardian } from './key-guardian.ts';

const identity = identityOf(10);
const genesisMs = identity.genesisTimeSeconds * 1000;
const slotMs = 12_000;
const epochMs = 8 * slotMs;
const keySets = ['early', 'late'];
const [early, late] = [7, 9].map((n) => publicKeyOf(new Uint8Array(48).fill(n).fill(0x80, 0, 1)));
let folder = '';
let clock: VirtualClock;
/** Epochs in which the validator of the set that left earlier signed. */
let live: Set<number>;
let dutySlot: number;

const state = { status: 'active_ongoing', activationEpoch: 0, slashed: false };
const beacon = {
  timing: async () => known({ secondsPerSlot: 12, slotsPerEpoch: 8 }),
  syncing: async () =>
    known({ headSlot: 0, syncDistance: 0, isSyncing: false, isOptimistic: false, elOffline: false }),
  validators: async () =>
    known(
      new Map([
        [early, { ...state, index: 3 }],
        [late, { ...state, index: 4 }],
      ]),
    ),
  liveness: async (epoch: number) =>
    known(
      new Map([
        [3, live.has(epoch)],
        [4, false],
      ]),
    ),
  duties: async () => known({ attesters: new Map([[3, dutySlot]]), proposers: new Map() }),
  syncCommittee: async () => known([8]),
} as unknown as BeaconApi;
const ask = { identity, keySets, beacon };

function guardian(): KeyGuardian {
  const paths = rootPaths(folder);
  return new KeyGuardian({
    node: 'home',
    clock,
    store: new FileNodeStore(paths, 'home'),
    owners: new KeyOwners(paths.keys),
    binding: async () => ({ state: 'bound', installation: 'ours' }),
    genesisDelaySeconds: network.genesisDelaySeconds,
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guarded-sets-'));
  clock = new VirtualClock(genesisMs + 3 * epochMs + slotMs);
  live = new Set();
  dutySlot = 0;
  for (const [at, key] of [early, late].entries()) {
    const keystores = join(folder, 'keys', keySets[at] ?? '', 'keystores');
    await mkdir(keystores, { recursive: true });
    await writeFile(join(keystores, `${key}.json`), JSON.stringify({ pubkey: key }));
  }
  await guardian().begins({ identity, keySets });
  const store = new FileNodeStore(rootPaths(folder), 'home');
  const opened = { genesisValidatorsRoot: identity.genesisValidatorsRoot, client: 'toy', number: 1 };
  await store.openProtection(opened, async () => undefined);
  await writeFile(join(store.protectionPath(opened), 'signed.db'), '');
  await guardian().ended(['early']);
  await clock.advance(2 * epochMs);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('keys of two sets, of which one left our signer earlier', () => {
  it.each(['was seen', 'went unseen'])(
    'are not quiet once somebody signed between the two ends, where the later %s',
    async (end) => {
      // Only the epochs of now and before are still told.
      live.add(4);
      if (end === 'was seen') await guardian().ended(['late']);
      expect(await guardian().quiet(ask)).toEqual(known(false));
      live = new Set([3]);
      expect(await guardian().quiet(ask)).toEqual(known(true));
    },
  );

  it('halt our signer for a duty between the two, and not for one before', async () => {
    await guardian().ended(['late']);
    const guard = guardian();
    await guard.begins({ identity, keySets });
    await clock.advance(slotMs);
    const alarm = () => guard.alarm({ ...ask, slashedBefore: [] });
    live = new Set([3, 4]);
    expect(await alarm()).toBeUndefined();
    live.add(5);
    dutySlot = 5 * 8;
    await clock.advance(epochMs);
    expect(await alarm()).toMatchObject({ reason: expect.stringContaining('attested in slot 40') });
  });
});

it('a key of both sets is signed with by neither, also on one node', async () => {
  await writeFile(
    join(folder, 'keys', 'late', 'keystores', `${early}.json`),
    JSON.stringify({ pubkey: early }),
  );
  const guard = guardian();
  expect(await guard.quiet(ask)).toMatchObject({ known: false });
  expect(guard.findings()).toMatchObject([
    { code: 'EPH-VALIDATORS-KEY-IN-TWO-SETS', facts: { key: early, keySets: ['early', 'late'] } },
  ]);
});

it('what is told of a set on its way ends with the signer that it was to be given to', async () => {
  await new KeyOwners(rootPaths(folder).keys).change(
    'late',
    (owner) => owner && { ...owner, movingTo: 'second' },
  );
  const guard = guardian();
  expect(await guard.admit({ ...ask, keys: late === undefined ? [] : [late] })).toMatchObject({
    known: false,
  });
  expect(guard.findings().map(({ code }) => code)).toEqual(['EPH-VALIDATORS-KEYS-MOVING']);
  await guard.ended(keySets);
  expect(guard.findings()).toEqual([]);
});
