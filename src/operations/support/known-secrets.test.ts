import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rootPaths } from '../../storage/files/root-paths.ts';
import { knownSecrets, secretsOfNamedFiles } from './known-secrets.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ephemery-secrets-'));
});

afterEach(() => rm(root, { recursive: true }));

async function place(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

it('the secrets of a root are those of its secret folders and of the environment, and nothing public', async () => {
  await place('nodes/home/secrets/jwt.hex', `0x${'ab'.repeat(32)}\n`);
  await place('nodes/home/identity/consensus.key', 'node-key-1');
  await place('nodes/home/chains/1-a/execution.geth/nodekey', 'not looked at');
  await place('nodes/home/ports.json', '{"execution.rpc":30000}');
  await place('devnets/mine/nodes/producer/secrets/jwt.hex', 'cd'.repeat(32));
  await place('keys/main/secrets/a.txt', 'keystore password\n');
  await place(
    'keys/main/keystores/a.json',
    JSON.stringify({ pubkey: 'ee'.repeat(48), crypto: { cipher: { message: 'ff'.repeat(32) } } }),
  );
  const env = { API_TOKEN: 'from-the-environment', PATH: '/usr/bin' };
  const secrets = await knownSecrets(rootPaths(root), env);
  expect(secrets).toEqual(
    expect.arrayContaining([
      `0x${'ab'.repeat(32)}`,
      'ab'.repeat(32),
      'cd'.repeat(32),
      'node-key-1',
      'keystore password',
      'ff'.repeat(32),
      'from-the-environment',
    ]),
  );
  for (const open of ['ee'.repeat(48), '/usr/bin', 'not looked at']) expect(secrets).not.toContain(open);
});

it('the secrets of files that a configuration names are known by value, and what it says of itself is not', async () => {
  await place(
    's3.txt',
    '# of the backups\naws_access_key_id = AKIAPLANTED\nsecret_access_key=/a/secret+with/slashes\n',
  );
  await place('signer.txt', 'signer\ndatabase password\n');
  await place('id_backup', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n');
  await place('drill.txt', '# public key: age1public\nAGE-SECRET-KEY-1PLANTED\n');
  await place('network.yaml', 'name: not a secret of ours');
  const config = {
    networks: { own: { file: './network.yaml' } },
    nodes: { home: { signer: { database: { credentialsFile: 'signer.txt' } } } },
    backup: {
      targets: [{ credentialsFile: './s3.txt' }, { privateKeyFile: join(root, 'id_backup') }],
      drill: { identityFile: 'drill.txt' },
      missing: { credentialsFile: 'gone.txt' },
    },
  };
  const secrets = await secretsOfNamedFiles(config, root);
  expect(secrets).toEqual(
    expect.arrayContaining([
      'AKIAPLANTED',
      '/a/secret+with/slashes',
      'database password',
      'b3BlbnNzaC1rZXk',
      'AGE-SECRET-KEY-1PLANTED',
    ]),
  );
  for (const open of ['# of the backups', 'age1public', 'name: not a secret of ours', 'secret_access_key'])
    expect(secrets.some((secret) => secret.includes(open))).toBe(false);
});

it('a named file that is a device is not read', async () => {
  expect(await secretsOfNamedFiles({ credentialsFile: '/dev/zero' }, root)).toEqual([]);
});
