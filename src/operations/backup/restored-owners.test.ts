import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeySetOwner, signingRight } from '../../core/keys/ownership.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { keepOwners } from './restored-owners.ts';

const network = {
  genesisValidatorsRoot: '0x01',
  iteration: 3,
  startMs: 1_000,
  firstEpochEndMs: 10_000,
  isRemembered: true,
};
const wish = {
  node: 'home',
  keysFingerprint: 'abcd',
  binding: { state: 'bound', installation: 'one' },
  network,
} as const;
const owner: KeySetOwner = {
  node: 'home',
  installation: 'one',
  signed: { genesisValidatorsRoot: '0x01', iteration: 3, keysFingerprint: 'abcd', startedAtMs: 5_000 },
};

describe('the owner of a key set that is restored', () => {
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

  const keep = () =>
    keepOwners({ keys: join(folder, 'keys'), nodes: join(folder, 'nodes') }, join(folder, 'staged'), [
      'main',
    ]);

  it('comes back from the backup, and has to wait for two quiet epochs', async () => {
    expect(signingRight(owner, wish, 20_000).right).toBe('after-a-look');
    await keep();
    const restored = await staged.read('main');
    expect(restored).toMatchObject({ node: 'home', installation: 'one' });
    expect(signingRight(restored, wish, 20_000).right).toBe('after-quiet');
  });

  it('is the one that is recorded here, when there is one', async () => {
    const other = { node: 'second', installation: 'one' };
    await here.write('main', other);
    await keep();
    expect(await staged.read('main')).toEqual(other);
  });

  it('signs after a look where its record and its protection are both here still', async () => {
    await here.write('main', owner);
    await mkdir(join(folder, 'nodes', 'home', 'protection', '01', 'toy-1'), { recursive: true });
    await keep();
    expect(signingRight(await staged.read('main'), wish, 20_000).right).toBe('after-a-look');
  });

  it.each(['02', undefined])(
    'waits where the protection of that network is gone (%s is left)',
    async (left) => {
      await here.write('main', owner);
      if (left !== undefined)
        await mkdir(join(folder, 'nodes', 'home', 'protection', left, 'toy-1'), { recursive: true });
      await keep();
      expect(signingRight(await staged.read('main'), wish, 20_000).right).toBe('after-quiet');
    },
  );

  it('stays nobody where neither says who it is', async () => {
    await staged.forget('main');
    await mkdir(join(folder, 'keys'), { recursive: true });
    await keep();
    expect(await staged.read('main')).toBeUndefined();
  });
});
