import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeySetOwner, type SigningPeriod, signingRight } from '../../core/keys/ownership.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import { vouches } from '../validators/protection-here.ts';
import { keepOwners } from './restored-owners.ts';

const [root, other] = [`0x01${'0'.repeat(62)}`, `0x02${'0'.repeat(62)}`];
const [openedAtMs, startedAtMs, endedAtMs] = [4_500_000, 5_000_000, 9_000_000];
const period: SigningPeriod = {
  genesisValidatorsRoot: root,
  iteration: 3,
  keysFingerprint: 'abcd',
  startedAtMs,
  endedAtMs,
  protection: { node: 'home', store: 'toy-2', openedAtMs, writtenAtMs: 8_999_000 },
};
const owner: KeySetOwner = { node: 'home', installation: 'one', signed: period };

let folder: string;
let here: KeyOwners;
let staged: KeyOwners;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restored-owners-'));
  here = new KeyOwners(join(folder, 'keys'));
  staged = new KeyOwners(join(folder, 'staged'));
  await staged.write('main', owner);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const keep = (keySets: readonly string[] = ['main']) =>
  keepOwners(rootPaths(folder), join(folder, 'staged'), keySets);

/** A store of home's that a client wrote into last at that time. */
async function store(number: number, writtenAtMs: number, genesisValidatorsRoot = root): Promise<string> {
  const home = new FileNodeStore(rootPaths(folder), 'home');
  const opened = { genesisValidatorsRoot, client: 'toy', number };
  await home.openProtection(opened, async () => undefined);
  const path = home.protectionPath(opened);
  await writeFile(join(path, 'signed.db'), 'x');
  await utimes(join(path, 'signed.db'), writtenAtMs / 1_000, writtenAtMs / 1_000);
  await utimes(join(path, 'store.json'), openedAtMs / 1_000, openedAtMs / 1_000);
  return path;
}

/** What the guard makes of a record, later on the same network. */
async function right(record: KeySetOwner | undefined) {
  const { signed } = record ?? {};
  const isRemembered =
    signed !== undefined && (await vouches(new FileNodeStore(rootPaths(folder), 'home'), 'home', signed));
  const network = {
    genesisValidatorsRoot: root,
    iteration: 3,
    chainId: 7_001,
    startMs: 1_000,
    firstEpochEndMs: 10_000,
    isRemembered,
  };
  const binding = { state: 'bound', installation: 'one' } as const;
  return signingRight(record, { node: 'home', keysFingerprint: 'abcd', binding, network }, 10_000_000).right;
}

const running = (at: Partial<SigningPeriod>): KeySetOwner => {
  const { endedAtMs: _, protection: __, ...rest } = period;
  return {
    ...owner,
    signed: { ...rest, protection: { node: 'home', store: 'toy-2', openedAtMs }, ...at },
  };
};

/** What is left of owner, store 1 and store 2, in which the signer worked last. */
const losses: readonly (readonly [string, () => Promise<unknown>, KeySetOwner | undefined, string])[] = [
  ['nothing is lost', () => Promise.all([store(1, 4_000_000), store(2, 8_999_000)]), owner, 'after-a-look'],
  ['all protection is lost, the owner kept', async () => undefined, owner, 'after-quiet'],
  [
    'the store that was signed in is lost, an older one kept',
    () => store(1, 8_999_500),
    owner,
    'after-quiet',
  ],
  [
    'an older store is lost, whose history the last one has',
    () => store(2, 8_999_000),
    owner,
    'after-a-look',
  ],
  ['the protection is older than the record', () => store(2, 8_998_000), owner, 'after-quiet'],
  ['the owner is older than the protection', () => store(2, 9_500_000), owner, 'after-a-look'],
  ['the protection is of another network', () => store(2, 8_999_000, other), owner, 'after-quiet'],
  ['the owner is lost, the protection kept', () => store(2, 8_999_000), undefined, 'after-quiet'],
  [
    'its store was lost and opened anew',
    async () => {
      const path = await store(2, 8_999_000);
      // With what the earlier one knew, and what the client needs to start.
      await writeFile(join(path, 'carried-over.json'), '{"data":[{}]}');
      await writeFile(join(path, 'definitions.yml'), 'placed by us');
      await utimes(join(path, 'store.json'), 9_600_000 / 1_000, 9_600_000 / 1_000);
    },
    owner,
    'after-quiet',
  ],
  [
    'the end went unseen, and it wrote after its start',
    () => store(2, 6_000_000),
    running({}),
    'after-a-look',
  ],
  ['the end went unseen, and what is there is older', () => store(2, 4_000_000), running({}), 'after-quiet'],
  [
    'the marker of its store is lost',
    async () => rm(join(await store(2, 8_999_000), 'store.json')),
    owner,
    'after-quiet',
  ],
];

describe('a record of who signed last', () => {
  it.each(losses)('where %s', async (_what, left, record, wanted) => {
    await left();
    if (record !== undefined) await here.write('main', record);
    expect(await right(await here.read('main'))).toBe(wanted);
    await keep();
    expect(await right(await staged.read('main'))).toBe(wanted);
  });

  it.each(losses)('where %s, stays as careful once the backup has given its part back', async (...row) => {
    const [, left, record, wanted] = row;
    await left();
    if (record !== undefined) await here.write('main', record);
    await keep();
    // The files of a backup are new, whatever age their content is of.
    await rm(join(folder, 'nodes'), { recursive: true, force: true });
    await store(1, 99_000_000);
    await store(2, 99_000_000);
    expect(await right(await staged.read('main'))).toBe(wanted);
  });

  it('vouches for another node only with a store that was opened with what that had signed', async () => {
    const moved = {
      ...period,
      endedAtMs: Date.now() - 5_000,
      protection: { node: 'first', store: 'toy-2', openedAtMs },
    };
    const path = await store(2, Date.now());
    await utimes(join(path, 'store.json'), Date.now() / 1_000, Date.now() / 1_000);
    const home = new FileNodeStore(rootPaths(folder), 'home');
    expect(await vouches(home, 'home', moved)).toBe(false);
    await writeFile(join(path, 'carried-over.json'), '{"data":[{}]}');
    expect(await vouches(home, 'home', moved)).toBe(true);
    expect(await vouches(home, 'home', { ...moved, endedAtMs: Date.now() + 60_000 })).toBe(false);
  });
});

describe('the owner of a key set that is restored', () => {
  it('comes back from the backup, and has to wait for two quiet epochs', async () => {
    await store(2, 8_999_000);
    expect(await right(owner)).toBe('after-a-look');
    await keep();
    const restored = await staged.read('main');
    expect(restored).toMatchObject({ node: 'home', installation: 'one' });
    expect(await right(restored)).toBe('after-quiet');
  });

  it('is the one that is recorded here, when there is one', async () => {
    const second = { node: 'second', installation: 'one' };
    await here.write('main', second);
    await keep();
    expect(await staged.read('main')).toEqual(second);
  });

  it('is the one of the backup where that here is damaged', async () => {
    await mkdir(join(folder, 'keys', 'main'), { recursive: true });
    await writeFile(join(folder, 'keys', 'main', 'owner.json'), '{');
    await keep();
    expect(await staged.read('main')).toMatchObject({
      node: 'home',
      signed: { keysFingerprint: 'restored' },
    });
  });

  it('of a set that is not in the backup waits too, where the backup has its protection', async () => {
    await here.write('late', owner);
    await keep([]);
    await store(2, 99_000_000);
    expect(await right(await here.read('late'))).toBe('after-quiet');
  });

  it('stays nobody where neither says who it is', async () => {
    await staged.forget('main');
    await mkdir(join(folder, 'keys'), { recursive: true });
    await keep();
    expect(await staged.read('main')).toBeUndefined();
  });
});
