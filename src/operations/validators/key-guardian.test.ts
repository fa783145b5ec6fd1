import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf, network } from '../../../test/simulation/network.ts';
import { type Answer, known, unknown } from '../../base/answer.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { BeaconApi } from '../../chain/beacon.ts';
import type { SignedMark } from '../../core/clients/client.ts';
import type { Binding } from '../../core/keys/ownership.ts';
import { type PublicKey, publicKeyOf } from '../../core/keys/public-key.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import { KeyGuardian } from './key-guardian.ts';
import type { TraceOf } from './own-trace.ts';
import type { SignerMarks } from './signer-marks.ts';

const identity = identityOf(10);
const genesisMs = identity.genesisTimeSeconds * 1000;
const slotMs = 12_000;
const epochMs = 8 * slotMs;
const keySets = ['main'];
const key = publicKeyOf(new Uint8Array(48).fill(7).fill(0x80, 0, 1));
let folder = '';
let clock: VirtualClock;
let binding: Binding;
/** What the beacon node has seen: epochs in which validator 3, our key, signed. */
let live: Set<number>;
let status: string | undefined;
let inSync: boolean;
let hasLiveness: boolean;
let hasTiming: boolean;
let dutySlot: number;
let proposals: number[];
/** Blocks of ours that the chain has; whether we are in its sync committee, and the slots whose block has our message. */
let blocks: number[];
let inCommittee: boolean;
let syncBlocks: number[];
let activationEpoch: number;
let signerKeys: Answer<readonly PublicKey[]> | undefined;
let trace: TraceOf | undefined;
let signerMarks: SignerMarks | undefined;

const beacon = {
  timing: async () => (hasTiming ? known({ secondsPerSlot: 12, slotsPerEpoch: 8 }) : unknown('status 503')),
  syncing: async () =>
    known({ headSlot: 0, syncDistance: 0, isSyncing: !inSync, isOptimistic: false, elOffline: false }),
  validators: async () =>
    known(
      new Map(
        status === undefined
          ? []
          : [[key, { index: 3, status, activationEpoch, slashed: status.includes('slashed') }]],
      ),
    ),
  liveness: async (epoch: number) =>
    hasLiveness ? known(new Map([[3, live.has(epoch)]])) : unknown('status 501'),
  duties: async () => known({ attesters: new Map([[3, dutySlot]]), proposers: new Map([[3, proposals]]) }),
  proposerOf: async (slot: number) => (blocks.includes(slot) ? known(3) : unknown('status 404')),
  syncCommittee: async () => known(inCommittee ? [8, 3] : [8, 9]),
  syncBits: async (slot: number) => known([true, syncBlocks.includes(slot)]),
} as unknown as BeaconApi;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guardian-'));
  await mkdir(join(folder, 'keys', 'main', 'keystores'), { recursive: true });
  await writeFile(join(folder, 'keys', 'main', 'keystores', `${key}.json`), JSON.stringify({ pubkey: key }));
  clock = new VirtualClock(genesisMs + 3 * epochMs + slotMs);
  binding = { state: 'bound', installation: 'ours' };
  live = new Set();
  status = 'active_ongoing';
  inSync = true;
  hasLiveness = true;
  hasTiming = true;
  dutySlot = 0;
  proposals = [];
  blocks = [];
  inCommittee = false;
  syncBlocks = [];
  activationEpoch = 0;
  signerKeys = undefined;
  trace = undefined;
  signerMarks = undefined;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function guardian(node = 'home'): KeyGuardian {
  const paths = rootPaths(folder);
  const store = new FileNodeStore(paths, node);
  const { genesisDelaySeconds } = network;
  return new KeyGuardian({
    node,
    clock,
    store,
    owners: new KeyOwners(paths.keys),
    binding: async () => binding,
    genesisDelaySeconds,
    trace,
    signerMarks,
    signer:
      signerKeys === undefined
        ? undefined
        : { url: 'http://signer:9000', keys: async () => signerKeys as never },
  });
}

/** One whose signer has just begun. */
async function begun(): Promise<KeyGuardian> {
  const guard = guardian();
  await guard.begins({ identity, keySets });
  return guard;
}

const ask = { identity, keySets, beacon };

/** Asks each second until it is known, or so many epochs have passed. */
async function within(
  epochs: number,
  guard: KeyGuardian,
): Promise<{ answer: boolean | undefined; tookMs: number }> {
  const from = clock.nowMs();
  while (clock.nowMs() - from < epochs * epochMs) {
    const answer = await guard.quiet(ask);
    if (answer.known) return { answer: answer.value, tookMs: clock.nowMs() - from };
    await clock.advance(4_000);
  }
  return { answer: undefined, tookMs: clock.nowMs() - from };
}

describe('keys that were never ours', () => {
  it('are quiet after two full epochs, and not before', async () => {
    const { answer, tookMs } = await within(4, guardian());
    expect(answer).toBe(true);
    expect(tookMs).toBeGreaterThanOrEqual(epochMs * 3 - slotMs);
    expect(tookMs).toBeLessThan(epochMs * 3);
  });

  it('are not quiet while somebody signs, nor for two full epochs after', async () => {
    const guard = guardian();
    live.add(3);
    expect(await guard.quiet(ask)).toEqual(known(false));
    await clock.advance(2 * epochMs);
    const { answer, tookMs } = await within(5, guard);
    expect(answer).toBe(true);
    // Epoch 4 passed meanwhile, unseen until its end; 5 had to pass as well.
    expect(tookMs).toBeGreaterThanOrEqual(epochMs - slotMs);
  });

  it('are not quiet for somebody who signs in the second epoch alone', async () => {
    const guard = guardian();
    await guard.quiet(ask);
    await clock.advance(epochMs);
    await guard.quiet(ask);
    live.add(5);
    await clock.advance(epochMs);
    expect(await guard.quiet(ask)).toEqual(known(false));
  });

  it('are unknown while our beacon node is not in sync, and a gap begins the wait anew', async () => {
    const guard = guardian();
    await guard.quiet(ask);
    inSync = false;
    await clock.advance(3 * epochMs);
    expect(await guard.quiet(ask)).toEqual(unknown('our beacon node is not in sync'));
    inSync = true;
    expect((await within(4, guard)).tookMs).toBeGreaterThanOrEqual(2 * epochMs);
  });

  it.each(['pending_queued', 'exited_unslashed', undefined])(
    'are quiet by definition as %s',
    async (other) => {
      status = other;
      expect(await guardian().quiet(ask)).toEqual(known(true));
    },
  );
});

/** The store of this network, as the guard finds it when it is asked; `wrote`: a client ran on it. */
async function openStore(wrote: boolean): Promise<string> {
  const store = new FileNodeStore(rootPaths(folder), 'home');
  const opened = { genesisValidatorsRoot: identity.genesisValidatorsRoot, client: 'toy', number: 1 };
  await store.openProtection(opened, async () => undefined);
  const file = join(store.protectionPath(opened), 'signed.db');
  if (wrote) await writeFile(file, '');
  return file;
}

describe('keys that we signed with', () => {
  it.each([
    ['is gone', false],
    ['was lost, and is new and empty', true],
  ])('wait for two quiet epochs where the protection %s', async (_, isOpen) => {
    const guard = await begun();
    await guard.ended(keySets);
    if (isOpen) {
      const file = await openStore(false);
      // As a new store has it that follows no other.
      await writeFile(join(dirname(file), 'carried-over.json'), '{"metadata":{},"data":[]}');
    }
    expect((await within(4, guardian())).tookMs).toBeGreaterThanOrEqual(2 * epochMs);
  });

  it('are quiet at once on the same network', async () => {
    const guard = await begun();
    await openStore(true);
    await clock.advance(2 * epochMs);
    live = new Set([3, 4, 5]);
    await guard.ended(keySets);
    expect(await guardian().quiet(ask)).toEqual(known(true));
  });

  it('are not, once somebody signed after we had ended', async () => {
    const guard = await begun();
    await guard.ended(keySets);
    await clock.advance(epochMs);
    live.add(4);
    expect(await guard.quiet(ask)).toEqual(known(false));
    await clock.advance(epochMs);
    expect(await guard.quiet(ask)).toEqual(known(false));
    await clock.advance(epochMs);
    expect(await guard.quiet(ask)).toMatchObject({ known: false });
    expect((await within(4, guard)).answer).toBe(true);
  });

  it('are not in a restored image: its store is older than the last signature on the chain', async () => {
    await begun();
    const file = await openStore(true);
    await utimes(file, clock.nowMs() / 1000, clock.nowMs() / 1000);
    await clock.advance(2 * epochMs);
    expect(await guardian().quiet(ask)).toEqual(known(true));
    live.add(5);
    expect(await guardian().quiet(ask)).toEqual(known(false));
  });

  it.each([
    ['another network', 9],
    ['this one, whose store is gone', 10],
  ])('are not quiet while somebody signs, where nobody saw our signer of %s end', async (_, iteration) => {
    await guardian().begins({ identity: identityOf(iteration), keySets });
    live = new Set(Array.from({ length: 12 }, (_, epoch) => epoch));
    const guard = guardian();
    for (let looks = 0; looks < 6; looks += 1) {
      expect(await guard.quiet(ask)).not.toEqual(known(true));
      await clock.advance(epochMs);
    }
  });

  it('are quiet at the genesis after, if we signed to the end of the one before and are in time', async () => {
    const before = { ...identityOf(9) };
    const startMs = genesisMs - network.genesisDelaySeconds * 1000;
    clock = new VirtualClock(startMs - 60_000);
    await guardian().begins({ identity: before, keySets });
    await clock.advance(61_000);
    await guardian().ended(keySets);
    await clock.advance(30_000);
    expect(await guardian().quiet(ask)).toEqual(known(true));
    live.add(0);
    await clock.advance(60_000);
    expect(await guardian().quiet(ask)).toEqual(known(false));
    live.clear();
    await clock.advance(epochMs);
    expect(await guardian().quiet(ask)).toMatchObject({ known: false });
  });
});

describe('keys of somebody else', () => {
  const codes = (guard: KeyGuardian) => guard.findings().map(({ code, facts }) => [code, facts.owner]);

  it('are refused to a second node, with a finding', async () => {
    await begun();
    const second = guardian('second');
    expect(await second.quiet(ask)).toMatchObject({ known: false });
    expect(codes(second)).toEqual([['EPH-VALIDATORS-KEYS-NOT-OURS', 'home']]);
    await expect(second.begins({ identity, keySets })).rejects.toMatchObject({
      code: 'EPH-VALIDATORS-NOT-OURS',
    });
  });

  it('are refused to a second root on the same folder, and to a copy', async () => {
    await begun();
    binding = { state: 'bound', installation: 'theirs' };
    expect(await guardian().quiet(ask)).toMatchObject({ known: false });
    binding = { state: 'changed', installation: 'ours', changes: ['a copy'] };
    const copy = guardian();
    expect(await copy.quiet(ask)).toMatchObject({ known: false });
    expect(codes(copy)).toEqual([['EPH-VALIDATORS-KEYS-NOT-OURS', 'home']]);
    await expect(copy.begins({ identity, keySets })).rejects.toMatchObject({
      code: 'EPH-VALIDATORS-NOT-OURS',
    });
  });
});

describe('while our signer runs', () => {
  const alarm = (guard: KeyGuardian, slashedBefore: readonly string[] = []) =>
    guard.alarm({ ...ask, slashedBefore });

  it('nothing is wrong with what it signs itself', async () => {
    const guard = await begun();
    live = new Set([3, 4]);
    dutySlot = 3 * 8 + 5;
    expect(await alarm(guard)).toBeUndefined();
  });

  it('a duty of a slot before its start was done by somebody else', async () => {
    const guard = await begun();
    live.add(3);
    dutySlot = 3 * 8;
    proposals = [3 * 8 + 4];
    expect(await alarm(guard)).toBeUndefined();
    await clock.advance(slotMs);
    proposals = [];
    expect(await alarm(guard)).toMatchObject({ reason: expect.stringContaining('slot 24') });
  });

  it.each([
    ['proposed', () => (proposals = [3 * 8]), () => (blocks = [3 * 8])],
    ['sync committee', () => (syncBlocks = [3 * 8 + 1]), () => (inCommittee = true)],
  ])('what was signed for a slot before its start was by somebody else: %s', async (words, before, after) => {
    const guard = await begun();
    before();
    expect(await alarm(guard)).toBeUndefined();
    await clock.advance(slotMs);
    after();
    expect(await alarm(guard)).toMatchObject({ reason: expect.stringContaining(`${words} in slot 24`) });
  });

  it('nothing of the signer before it is held against it, also when nobody saw that one end', async () => {
    await begun();
    await openStore(true);
    const guard = guardian();
    await clock.advance(slotMs);
    await guard.begins({ identity, keySets });
    live.add(3);
    dutySlot = 3 * 8;
    expect(await alarm(guard)).toBeUndefined();
  });

  it('what the database of its own signer does not have of a key was signed by somebody else', async () => {
    const others = new Map<PublicKey, SignedMark>([[otherKey, { block: 99, attestation: 99 }]]);
    let marks: ReadonlyMap<PublicKey, SignedMark> | undefined = new Map(others).set(key, { attestation: 3 });
    signerMarks = async () => marks;
    const guard = await begun();
    live.add(3);
    dutySlot = 3 * 8 + 5;
    for (const harmless of [marks, undefined]) {
      marks = harmless;
      expect(await alarm(guard)).toBeUndefined();
      await clock.advance(slotMs);
    }
    marks = others;
    expect(await alarm(guard)).toMatchObject({
      reason: 'validator 3 was active in epoch 3, in which our client did not sign with it',
    });
  });

  it('its first slashing ends it, and one that was seen before does not', async () => {
    const guard = await begun();
    status = 'active_slashed';
    expect(await alarm(guard)).toMatchObject({ slashed: [key] });
    await clock.advance(slotMs);
    expect(await alarm(guard, [key])).toBeUndefined();
  });

  it.each([
    ['is not in sync', () => (inSync = false)],
    ['tells no liveness', () => (hasLiveness = false)],
    ['does not say how long a slot is', () => (hasTiming = false)],
  ])('a slashing is seen through a beacon node that %s', async (_, lose) => {
    const guard = await begun();
    lose();
    expect(await alarm(guard)).toBeUndefined();
    status = 'active_slashed';
    await clock.advance(slotMs);
    expect(await alarm(guard)).toMatchObject({ slashed: [key] });
  });
});

const otherKey = publicKeyOf(new Uint8Array(48).fill(9).fill(0x80, 0, 1));

describe('a remote signer that the configuration names', () => {
  const told = (guard: KeyGuardian) => guard.findings().map(({ code }) => code);

  it('is signed with once its keys are those of the sets, and quiet', async () => {
    signerKeys = known([key]);
    expect((await within(4, guardian())).tookMs).toBeGreaterThanOrEqual(2 * epochMs);
    live.add(6);
    expect(await guardian().quiet(ask)).toEqual(known(false));
  });

  it.each([[keySets], [[]]])('is not, with a key that no set of the node has: %j', async (sets) => {
    signerKeys = known([otherKey]);
    status = undefined;
    const guard = guardian();
    expect(await guard.quiet({ ...ask, keySets: sets })).toMatchObject({ known: false });
    expect(told(guard)).toEqual(['EPH-VALIDATORS-SIGNER-KEYS']);
  });

  it('is not while its keys cannot be listed', async () => {
    signerKeys = unknown('status 404');
    const guard = guardian();
    expect(await guard.quiet(ask)).toMatchObject({ known: false });
    expect(told(guard)).toEqual(['EPH-VALIDATORS-SIGNER-UNLISTED']);
  });

  it('halts our client when it is given a key that nobody guards, and not when it is silent', async () => {
    signerKeys = known([key]);
    const guard = await begun();
    signerKeys = unknown('refused');
    expect(await guard.alarm({ ...ask, slashedBefore: [] })).toBeUndefined();
    await clock.advance(slotMs);
    signerKeys = known([key, otherKey]);
    expect(await guard.alarm({ ...ask, slashedBefore: [] })).toMatchObject({
      reason: expect.stringContaining('no key set of this node has'),
    });
  });

  it('has not every key of the sets, which is told once its list is known', async () => {
    expect(await guardian().withoutSigner(keySets)).toEqual(known([]));
    signerKeys = unknown('refused');
    expect(await guardian().withoutSigner(keySets)).toEqual(signerKeys);
    signerKeys = known([otherKey]);
    expect(await guardian().withoutSigner(keySets)).toEqual(known([key]));
    signerKeys = known([otherKey, key]);
    expect(await guardian().withoutSigner(keySets)).toEqual(known([]));
  });

  it('has keys that are written down, and are guarded as all others', async () => {
    const file = join(folder, 'keys', 'main', 'remote-keys.json');
    await writeFile(file, JSON.stringify({ publicKeys: [otherKey] }));
    signerKeys = known([key, otherKey]);
    expect((await within(4, guardian())).answer).toBe(true);
    await writeFile(file, '{}');
    expect(await guardian().quiet(ask)).toMatchObject({ known: false });
  });
});

describe('a key in two sets', () => {
  it.each(['keystores', 'remote-keys.json'])('is signed with by neither: %s', async (where) => {
    const second = join(folder, 'keys', 'second');
    await mkdir(join(second, 'keystores'), { recursive: true });
    const guard = guardian();
    expect((await within(4, guard)).answer).toBe(true);
    // By what it holds: the name of the file is another key's.
    if (where === 'keystores')
      await writeFile(join(second, where, `${otherKey}.json`), JSON.stringify({ pubkey: key }));
    else await writeFile(join(second, where), JSON.stringify({ publicKeys: [key] }));
    expect(await guard.quiet(ask)).toMatchObject({ known: false });
    expect(guard.findings()).toMatchObject([
      { code: 'EPH-VALIDATORS-KEY-IN-TWO-SETS', facts: { key, keySets: ['main', 'second'] } },
    ]);
  });
});

describe('keys that a signer of ours which runs is to be given', () => {
  const newKey = otherKey;
  const file = () => join(folder, 'keys', 'main', 'keystores', `${newKey}.json`);
  const addKey = () => writeFile(file(), JSON.stringify({ pubkey: newKey }));
  const admit = (guard: KeyGuardian, which = newKey) => guard.admit({ ...ask, keys: [which] });

  it('go in at once when they were guarded before its start, and nobody signed since', async () => {
    const guard = await begun();
    expect(await admit(guard, key)).toEqual(known(true));
    await clock.advance(2 * epochMs);
    expect(await admit(guard, key)).toEqual(known(true));
    live.add(5);
    expect(await admit(guard, key)).toEqual(known(false));
  });

  it('wait for two full epochs of their own when they came later, and then the set has them', async () => {
    const guard = await begun();
    await addKey();
    const from = clock.nowMs();
    while (!(await admit(guard)).known) await clock.advance(4_000);
    expect(clock.nowMs() - from).toBeGreaterThanOrEqual(2 * epochMs);
    expect(await admit(guard)).toEqual(known(true));
    expect(guard.findings()).toEqual([]);
    const owners = new KeyOwners(rootPaths(folder).keys);
    const before = await owners.read('main');
    await guard.admitted({ identity, keySets });
    const after = await owners.read('main');
    expect(after?.signed?.keysFingerprint).not.toBe(before?.signed?.keysFingerprint);
    expect({ ...after?.signed, keysFingerprint: '' }).toEqual({ ...before?.signed, keysFingerprint: '' });
    // They belong to it from now on, and a restart needs no more than a look.
    expect(await admit(guard)).toEqual(known(true));
  });

  it('do not go in while somebody signs with them, or the set is not ours', async () => {
    const guard = await begun();
    await addKey();
    live.add(3);
    expect(await admit(guard)).toEqual(known(false));
    live.clear();
    expect(await admit(guardian('other'))).toEqual(unknown('the keys are not ours to sign with'));
    binding = { state: 'changed', installation: 'ours', changes: ['machine-id'] };
    expect(await admit(guard)).toEqual(unknown('the keys are not ours to sign with'));
    expect(guard.findings().map(({ code }) => code)).toEqual(['EPH-VALIDATORS-KEYS-NOT-OURS']);
  });
});
