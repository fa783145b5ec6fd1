import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sealKey, testKeys, writeKeySet } from '../../../test/support/key-set.ts';
import type { ClientContext, KeyFiles } from '../../core/clients/client.ts';
import { lighthouseValidator } from '../../core/clients/validator/lighthouse.ts';
import { lodestarValidator } from '../../core/clients/validator/lodestar.ts';
import { nimbusValidator } from '../../core/clients/validator/nimbus.ts';
import { prysmValidator } from '../../core/clients/validator/prysm.ts';
import { tekuValidator } from '../../core/clients/validator/teku.ts';
import { vero } from '../../core/clients/validator/vero.ts';
import { placeClientKeys } from './client-keys.ts';

const clients = [
  lighthouseValidator,
  lodestarValidator,
  nimbusValidator,
  prysmValidator,
  tekuValidator,
  vero,
];
const keys = testKeys('placed', 2);
const [first, second] = await Promise.all(keys.map(sealKey));

describe('the keys of a validator client that starts', () => {
  let root: string;
  let data: string;
  let keysFolder: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'client-keys-'));
    data = join(root, 'data');
    keysFolder = join(root, 'keys');
    await mkdir(data);
    await writeKeySet(join(keysFolder, 'one'), keys.slice(0, 1));
    await writeKeySet(join(keysFolder, 'two'), keys.slice(1));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const around = () => ({ keysFolder, aside: join(root, 'aside') });
  const placing = clients.filter(({ keyFiles }) => keyFiles?.place !== undefined);
  const files = async () =>
    (await readdir(data, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(data.length + 1))
      .sort();

  it.each(placing.map(({ id, keyFiles }) => [id, keyFiles as KeyFiles] as const))(
    'lie where %s looks for them, for our user alone, and go when their set goes',
    async (_, places) => {
      const { place } = places as Required<KeyFiles>;
      const [a, b] = [first?.pubkey ?? '0x', second?.pubkey ?? '0x'] as const;
      await placeClientKeys(data, { places, keySets: ['one', 'two'], files: [] }, around());
      const both = [a, b].flatMap((key) => [place.keystore(key), place.password(key)]);
      expect(await files()).toEqual([...both].sort());
      expect(await readFile(join(data, place.keystore(a)), 'utf8')).toBe(first?.keystore);
      expect(await readFile(join(data, place.password(b)), 'utf8')).toBe(second?.password);
      for (const path of both) expect((await stat(join(data, path))).mode & 0o777).toBe(0o600);
      await placeClientKeys(data, { places, keySets: ['two'], files: [] }, around());
      expect(await files()).toEqual([place.keystore(b), place.password(b)].sort());
      await placeClientKeys(data, { places, keySets: [], files: [] }, around());
      expect(await files()).toEqual([]);
    },
  );

  it('are gone from the database of Vero, which signs at once with what is there, and its duties stay', async () => {
    const places = vero.keyFiles as KeyFiles;
    for (const name of ['vero.db', 'vero.db-wal', 'vero.db-shm', 'cache_attester_duties.json'])
      await writeFile(join(data, name), '{}');
    await placeClientKeys(data, { places, keySets: ['one'], files: [] }, around());
    expect(await files()).toEqual(['cache_attester_duties.json']);
  });

  it.each(clients.flatMap(({ id, keyFiles }) => (keyFiles === undefined ? [] : [[id, keyFiles] as const])))(
    'never take the slashing protection of %s with them',
    async (_, places) => {
      const stores = [
        'validators/slashing_protection.sqlite',
        'validators/slashing_protection.sqlite3',
        'validator-db/CURRENT',
        'validator/slashprotection/key.yml',
        'validator.db',
        'interchange.json',
        'store.json',
      ];
      for (const store of stores) {
        await mkdir(join(data, store, '..'), { recursive: true });
        await writeFile(join(data, store), 'kept');
      }
      await placeClientKeys(data, { places, keySets: [], files: [] }, around());
      expect(await files()).toEqual([...stores].sort());
    },
  );

  it('are named to Lighthouse with their recipients, held by itself or by a signer', () => {
    const told = (more: Partial<ClientContext>) => {
      const context = { paths: { data: '/data' }, ...more } as ClientContext;
      const given = [{ key: first?.pubkey ?? '0x', feeRecipient: `0x${'22'.repeat(20)}` }] as const;
      const [file] = lighthouseValidator.keyFiles?.files?.(context, given) ?? [];
      expect(file?.path).toBe('validators/validator_definitions.yml');
      return JSON.parse(file?.content ?? '');
    };
    const both = {
      enabled: true,
      voting_public_key: first?.pubkey,
      suggested_fee_recipient: `0x${'22'.repeat(20)}`,
    };
    expect(told({})).toEqual([
      {
        ...both,
        type: 'local_keystore',
        voting_keystore_path: `/data/validators/${first?.pubkey}/voting-keystore.json`,
        voting_keystore_password_path: `/data/secrets/${first?.pubkey}`,
      },
    ]);
    const url = 'http://127.0.0.1:9000';
    expect(told({ signerUrl: url })).toEqual([{ ...both, type: 'web3signer', url }]);
  });

  it('are not placed without their passwords', async () => {
    const places = placing[0]?.keyFiles as KeyFiles;
    await rm(join(keysFolder, 'one', 'secrets', first?.pubkey ?? ''));
    const placement = { places, keySets: ['one'], files: [] };
    await expect(placeClientKeys(data, placement, around())).rejects.toMatchObject({
      code: 'EPH-STORE-PASSWORD-MISSING',
    });
  });
});
