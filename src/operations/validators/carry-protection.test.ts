import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleOf } from '../../../test/simulation/network.ts';
import { nodeSetup } from '../../../test/simulation/world.ts';
import { toyProgram, toySigner } from '../../../test/support/toy-signer.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import type { SigningHistory } from '../../core/keys/interchange.ts';
import { parseInterchange } from '../../core/keys/interchange-union.ts';
import { publicKeyOf } from '../../core/keys/public-key.ts';
import { createProcessRuntime } from '../../runtimes/process/process-runtime.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import { carryProtection } from './carry-protection.ts';

const bundle = bundleOf(10);
const { genesisValidatorsRoot } = bundle.identity;
const keyOf = (n: number) => publicKeyOf(new Uint8Array(48).fill(n).fill(0x80, 0, 1));
let folder = '';
let store: FileNodeStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carry-'));
  await mkdir(join(folder, 'keys', 'main'), { recursive: true });
  store = new FileNodeStore(rootPaths(folder), 'home');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function signed(slots: Readonly<Record<number, readonly number[]>>, root = genesisValidatorsRoot) {
  const data = Object.entries(slots).map(([key, list]) => ({
    pubkey: keyOf(Number(key)),
    signed_blocks: list.map((slot) => ({ slot: String(slot) })),
    signed_attestations: [],
  }));
  const metadata = { interchange_format_version: '5', genesis_validators_root: root };
  return JSON.stringify({ metadata, data });
}

interface Toys {
  readonly env?: Readonly<Record<string, string>>;
  /** A client that neither exports nor imports. */
  readonly mute?: boolean;
  /** What it signs is in its signer's database alone. */
  readonly needsSigner?: true;
  /** Its own program neither exports nor imports; this one does. */
  readonly by?: string;
  /** What its export says when there is nothing. */
  readonly says?: string;
  /** The slot of a block that its import is given for keys without any. */
  readonly blockAt?: number;
}

async function open(
  client: string,
  number: number,
  { env = {}, mute = false, needsSigner, by, says, blockAt }: Toys = {},
): Promise<string> {
  const { protection, ...silent } = toySigner('beta');
  const beta = {
    ...(mute ? silent : toySigner('beta')),
    ...(needsSigner === undefined ? {} : { needsSigner }),
    ...(by === undefined || protection === undefined ? {} : { protection: { ...protection, by } }),
    ...(says === undefined || protection === undefined
      ? {}
      : { protection: { ...protection, nothingToExport: says } }),
    ...(blockAt === undefined || protection === undefined
      ? {}
      : {
          protection: {
            ...protection,
            given: (history: SigningHistory) =>
              history.blocks.length > 0 ? history : { ...history, blocks: [{ slot: blockAt }] },
          },
        }),
  };
  const runtime = await createProcessRuntime({
    recordsFolder: join(folder, 'units'),
    logsFolder: join(folder, 'logs'),
    clock: systemClock,
    random: systemRandom,
    env: process.env,
    log: silentLog,
  });
  const parts = {
    setup: nodeSetup,
    env: { store, runtime, log: silentLog, clock: systemClock },
    validatorClient: async (id: string) => {
      const definition = id === 'alpha' ? toySigner('alpha') : beta;
      return { definition, version: '1', program: toyProgram(id, id === 'beta' ? env : {}) };
    },
    consensusProgram: async (id: string) => toyProgram(id),
  };
  const opened = { genesisValidatorsRoot, client, number };
  await store.openProtection(opened, (earlier, intoPath) =>
    carryProtection(parts, { bundle, store: opened, earlier, intoPath }),
  );
  return store.protectionPath(opened);
}

async function slotsIn(path: string): Promise<Record<string, readonly number[]>> {
  const { histories } = parseInterchange(await readFile(join(path, 'signed.json')), { file: path });
  return Object.fromEntries(
    [...histories.values()].map(({ pubkey, blocks }) => [pubkey, blocks.map(({ slot }) => slot)]),
  );
}

describe('slashing protection, when the validator client changes', () => {
  it('goes over into the new store, all of it, and through a third', async () => {
    const first = await open('alpha', 1);
    await writeFile(join(first, 'signed.json'), signed({ 1: [3, 5], 2: [4] }));
    const second = await open('beta', 2);
    expect(await slotsIn(second)).toEqual({ [keyOf(1)]: [3, 5], [keyOf(2)]: [4] });
    await writeFile(join(second, 'signed.json'), signed({ 1: [3, 5, 9] }));
    const third = await open('alpha', 3);
    expect(await slotsIn(third)).toEqual({ [keyOf(1)]: [3, 5, 9], [keyOf(2)]: [4] });
    expect((await readdir(third)).sort()).toEqual(['carried-over.json', 'signed.json', 'store.json']);
    expect((await readdir(first)).sort()).toEqual(['carried-over.json', 'signed.json', 'store.json']);
  });

  it('goes through the program of another client where the own one can do neither', async () => {
    const first = await open('alpha', 1);
    await writeFile(join(first, 'signed.json'), signed({ 1: [3, 5] }));
    const second = await open('beta', 2, { env: { TOY_FAILS: 'import' }, by: 'gamma' });
    expect(await slotsIn(second)).toEqual({ [keyOf(1)]: [3, 5] });
  });

  it('comes from two stores of one client, with a given one on top that says nothing', async () => {
    for (const number of [1, 2])
      await writeFile(join(await open('alpha', number), 'signed.json'), signed({ 1: [number] }));
    await store.openProtection({ genesisValidatorsRoot, client: 'given', number: 2 }, async () => undefined);
    expect(await slotsIn(await open('alpha', 3))).toEqual({ [keyOf(1)]: [1, 2] });
  });

  it('needs nothing of a client that never ran', async () => {
    await open('alpha', 1);
    const second = await open('beta', 2, { env: { TOY_FAILS: 'import' } });
    expect((await readdir(second)).sort()).toEqual(['carried-over.json', 'store.json']);
  });

  it('is nothing where a client says so, and no key that signed nothing is imported', async () => {
    const first = await open('beta', 1);
    await writeFile(join(first, 'signed.json'), signed({ 1: [] }));
    const env = { TOY_FAILS: 'export' };
    await expect(open('alpha', 2, { env, says: 'something else' })).rejects.toThrow('cannot export today');
    const second = await open('alpha', 2, { env, says: 'cannot export today' });
    expect((await readdir(second)).sort()).toEqual(['carried-over.json', 'store.json']);
    await writeFile(join(second, 'signed.json'), signed({ 1: [] }));
    const third = await open('beta', 3, { says: 'cannot export today', env });
    expect((await readdir(third)).sort()).toEqual(['carried-over.json', 'store.json']);
  });

  it('is not nothing because a client says so that was given something', async () => {
    const first = await open('alpha', 1);
    await writeFile(join(first, 'signed.json'), signed({ 1: [3] }));
    await open('beta', 2);
    const toys = { env: { TOY_FAILS: 'export' }, says: 'cannot export today' };
    await expect(open('alpha', 3, toys)).rejects.toThrow('cannot export today');
  });

  it('is told to a client in the words that it keeps, and remembered in those that were signed', async () => {
    const first = await open('alpha', 1);
    const attested = { source_epoch: '1', target_epoch: '2' };
    const text = JSON.parse(signed({ 1: [3], 2: [] })) as { data: { signed_attestations: unknown[] }[] };
    text.data[1]?.signed_attestations.push(attested);
    await writeFile(join(first, 'signed.json'), JSON.stringify(text));
    const second = await open('beta', 2, { blockAt: 0 });
    expect(await slotsIn(second)).toEqual({ [keyOf(1)]: [3], [keyOf(2)]: [0] });
    const carried = JSON.parse(await readFile(join(second, 'carried-over.json'), 'utf8')) as typeof text;
    expect(carried.data.map((each) => each.signed_attestations.length)).toEqual([0, 1]);
    expect(JSON.stringify(carried)).not.toContain('"slot":"0"');
  });

  it.each([
    ['its import fails', { env: { TOY_FAILS: 'import' } }, 'cannot import today'],
    ['its export fails', { env: { TOY_FAILS: 'export' } }, 'cannot export today'],
    ['it forgets a key', { env: { TOY_FORGETS: 'yes' } }, '1 keys are protected less'],
    ['it can neither', { mute: true }, 'neither exports nor imports'],
  ])('stays where it is when %s', async (_what, toys: Toys, reason) => {
    const first = await open('alpha', 1);
    await writeFile(join(first, 'signed.json'), signed({ 1: [3], 2: [4] }));
    const failure = expect.objectContaining({
      code: 'EPH-NODE-PROTECTION-UNMERGED',
      message: expect.stringContaining(reason),
    });
    await expect(open('beta', 2, toys)).rejects.toEqual(failure);
    expect((await store.protection()).stores).toEqual([
      { genesisValidatorsRoot, client: 'alpha', number: 1 },
    ]);
    expect(await slotsIn(first)).toEqual({ [keyOf(1)]: [3], [keyOf(2)]: [4] });
    // Mended, it goes over after all.
    expect(await slotsIn(await open('beta', 2))).toEqual({ [keyOf(1)]: [3], [keyOf(2)]: [4] });
  });

  it('of another network is not taken', async () => {
    const first = await open('alpha', 1);
    await writeFile(join(first, 'signed.json'), signed({ 1: [3] }, `0x${'99'.repeat(32)}`));
    await expect(open('beta', 2)).rejects.toEqual(
      expect.objectContaining({
        message: expect.stringContaining('about the network with validators root 0x9999'),
      }),
    );
  });

  it('cannot go over from a client that leaves it to its signer, not even when its folder is empty', async () => {
    await open('beta', 1, { mute: true, needsSigner: true });
    await expect(open('alpha', 2, { mute: true, needsSigner: true })).rejects.toMatchObject({
      code: 'EPH-NODE-PROTECTION-UNMERGED',
    });
  });
});
