import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { networkServices } from '../../../test/support/network-services.ts';
import { seededRandom } from '../../base/random.ts';
import { publicKeyOf } from '../../core/keys/public-key.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import type { BackupServices } from '../backup/backup-before.ts';
import { importRemoteKeys } from './import-remote-keys.ts';
import { chosenKeys, keySetStore } from './key-sets.ts';
import { listKeys } from './list-keys.ts';

const [a = '0x', b = '0x'] = [1, 2].map((n) => publicKeyOf(new Uint8Array(48).fill(n).fill(0x80, 0, 1)));
const watch = { signal: new AbortController().signal, onProgress: () => undefined };
let services: Awaited<ReturnType<typeof networkServices>>;
let reply: { status: number; body: string };
let asked: string[];
let from = '';
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.writeHead(reply.status).end(reply.body);
});

beforeEach(async () => {
  services = await networkServices(1_796_000_000_000);
  asked = [];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  from = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await services.remove();
});

const bring = (keySet: string, dryRun = false) =>
  importRemoteKeys(
    { ...services, random: seededRandom('remote') } as unknown as BackupServices,
    { from, keySet, dryRun, backup: { noBackup: true } },
    watch,
  );
const choose = (keySet?: string, keys: readonly string[] = []) =>
  chosenKeys(keySetStore(services.paths), { keySet, keys });
const keysOf = (keySet: string) => new FileNodeStore(services.paths, 'home').publicKeys([keySet]);

it('a signer is told without the credentials in its address', async () => {
  const plain = from;
  from = plain.replace('http://', 'http://us:planted-word@');
  reply = { status: 500, body: '' };
  const facts = expect.objectContaining({ url: plain });
  await expect(bring('remote')).rejects.toMatchObject({ code: 'EPH-KEYS-SIGNER-LIST', facts });
  reply = { status: 200, body: JSON.stringify([a]) };
  expect((await bring('remote')).from).toBe(plain);
});

describe('keys that a remote signer has', () => {
  it('are a set of keys like others, each in one set only', async () => {
    reply = { status: 200, body: JSON.stringify([a.toUpperCase().replace('0X', '0x')]) };
    expect((await bring('remote', true)).new).toHaveLength(1);
    await expect(keysOf('remote')).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await bring('remote')).new).toEqual([{ pubkey: a, path: 'kept by the signer' }]);
    expect(asked).toContain('/api/v1/eth2/publicKeys');
    expect(await keysOf('remote')).toEqual([a]);
    reply.body = JSON.stringify([a, b]);
    const report = await bring('other');
    expect(report.known).toEqual([{ pubkey: a, keySet: 'remote' }]);
    expect(await keysOf('other')).toEqual([b]);
    expect(await keysOf('remote')).toEqual([a]);
  });

  it('are listed beside those whose secrets are here, with where theirs are', async () => {
    await writeKeySet(services.paths.root, 'main', [3]);
    reply = { status: 200, body: JSON.stringify([a]) };
    await bring('remote');
    await writeFile(
      join(services.folder, 'network.yaml'),
      JSON.stringify({
        name: 'mine',
        baseTimeSeconds: 1_795_000_000,
        baseChainId: 7_000_000,
        periodSeconds: 86_400,
        genesisDelaySeconds: 300,
        releaseSources: [{ kind: 'directory', path: './releases' }],
      }),
    );
    const { keys } = await listKeys(
      { ...services, random: seededRandom('list') },
      { network: './network.yaml', keys: [], beacon: from },
    );
    expect(keys.map(({ keySet, held }) => [keySet, held]).sort()).toEqual([
      ['main', 'local'],
      ['remote', 'remote'],
    ]);
    expect(keys.find(({ held }) => held === 'remote')?.pubkey).toBe(a);
  });

  it('are not among those whose secrets a command needs, which says where they are', async () => {
    await writeKeySet(services.paths.root, 'main', [3]);
    reply = { status: 200, body: JSON.stringify([a]) };
    await bring('remote');
    expect((await choose()).map(({ keySet }) => keySet)).toEqual(['main']);
    await expect(choose('remote')).rejects.toMatchObject({ code: 'EPH-KEYS-WITH-SIGNER' });
    await expect(choose(undefined, [a])).rejects.toMatchObject({ code: 'EPH-KEYS-WITH-SIGNER' });
    await expect(choose('nowhere')).rejects.toMatchObject({ code: 'EPH-KEYS-NO-SET' });
  });

  it.each([
    [404, '[]'],
    [200, '["0x12"]'],
    [200, '{}'],
    [200, '<html>'],
  ])('are refused when the list is no list: %i %s', async (status, body) => {
    reply = { status, body };
    await expect(bring('remote')).rejects.toMatchObject({ code: 'EPH-KEYS-SIGNER-LIST' });
    await expect(keysOf('remote')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
