import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EphemeryProcess } from '../support/ephemery-process.ts';

const mnemonic = 'zebra yellow wrist wolf winter whisper weather wagon voyage village verify velvet';
/** Each is planted where its name says, and then in a log as well. */
const planted = {
  jwt: `5e${'c7'.repeat(31)}`,
  keymanagerToken: 'keymanager-token-planted',
  nodeKey: `1d${'e0'.repeat(31)}`,
  keystorePassword: 'keystore-password-planted',
  keystoreCiphertext: 'c1'.repeat(32),
  env: 'env-token-planted',
  arg: 'arg-token-planted',
  urlUser: 'url-user-planted',
  urlPassword: 'url-password-planted',
  urlPath: 'url-path-token-planted',
  urlQuery: 'url-query-token-planted',
  hookArg: 'hook-arg-token-planted',
  webhook: 'webhook-path-token-planted',
  seed: 'devnet seed planted here',
  s3Secret: '/s3+secret/planted',
  sftpKey: 'b3BlbnNzaC1wbGFudGVk',
  drillIdentity: `AGE-SECRET-KEY-1${'PLANTED'.repeat(6)}`,
  databasePassword: 'database-word-planted',
} as const;
/** Known to nobody: told by how it looks. */
const unknown = {
  mnemonic,
  bearer: 'bearer-value-planted-0001',
  password: 'logged-password-planted',
} as const;

let ephemery: EphemeryProcess;

async function place(path: string, content: string): Promise<void> {
  const file = join(ephemery.folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content, { mode: 0o600 });
}

beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  const url = `https://${planted.urlUser}:${planted.urlPassword}@example.org/${planted.urlPath}/x.tar.gz?k=${planted.urlQuery}`;
  await place(
    'ephemery.yaml',
    `version: 1
networks: { mine: { devnet: { seed: "${planted.seed}" } } }
nodes:
  home:
    network: mine
    execution:
      client: ethereumjs
      version: "1.0.0"
      args: ["--stats=${planted.arg}"]
      env: { API_KEY: "${planted.env}" }
      artifact: { kind: archive, url: "${url}", bin: x, sha256: "${'0'.repeat(64)}" }
    consensus: { client: mayfly }
    validator: { client: lighthouse, version: "8.2.0", keySets: [main] }
    signer:
      client: web3signer
      version: "26.7.0"
      database: { url: "postgresql://127.0.0.1:5432/signer", credentialsFile: database.txt }
keySets: { main: {} }
backup:
  recipients: [age1${'q'.repeat(58)}]
  targets:
    - { kind: s3, endpoint: "https://s3.example.org", bucket: backups, credentialsFile: s3.txt }
    - { kind: sftp, host: sftp.example.org, user: us, path: /b, hostKey: "SHA256:${'A'.repeat(43)}", privateKeyFile: id_backup }
  drill: { identityFile: drill.txt }
hooks:
  - { on: [reset.live], command: [notify, "--key", "${planted.hookArg}"] }
  - { on: [reset.live], webhook: "https://example.org/hooks/${planted.webhook}" }
`,
  );
  await place(
    'ephemery.lock',
    `version: 1
programs:
  execution/ethereumjs@1.0.0:
    source: archive
    version: 1.0.0
    platforms: { linux-x64: { url: "${url}", sha256: "${'0'.repeat(64)}", trust: configured } }
`,
  );
  await place('s3.txt', `access_key_id = AKIAPLANTED\nsecret_access_key=${planted.s3Secret}\n`);
  await place('id_backup', `-----BEGIN OPENSSH PRIVATE KEY-----\n${planted.sftpKey}\n`);
  await place('drill.txt', `# public key: age1\n${planted.drillIdentity}\n`);
  await place('database.txt', `signer\n${planted.databasePassword}\n`);
  // A root as `up` leaves it, made by a command that needs no network.
  expect((await ephemery.run('artifacts', 'prune')).code).toBe(0);
  await place('home/nodes/home/secrets/jwt.hex', `0x${planted.jwt}\n`);
  await place('home/nodes/home/secrets/keymanager-token', planted.keymanagerToken);
  await place('home/nodes/home/identity/execution.ethereumjs.key', planted.nodeKey);
  const keystore = { pubkey: 'ab'.repeat(48), crypto: { cipher: { message: planted.keystoreCiphertext } } };
  await place('home/keys/main/keystores/keystore-1.json', JSON.stringify(keystore));
  await place('home/keys/main/secrets/keystore-1.txt', planted.keystorePassword);
  const said = Object.entries(planted).map(([name, value]) => `loading ${name} ${value} failed`);
  const looks = [
    `recovered from: ${unknown.mnemonic}`,
    `header Authorization: Bearer ${unknown.bearer}`,
    `--wallet-password ${unknown.password}`,
  ];
  const log = `${[...said, ...looks, 'an innocent line at the end'].join('\n')}\n`;
  await place('home/logs/supervisor.log', log);
  await place('home/nodes/home/journal.ndjson', log);
});

afterAll(() => ephemery?.remove());

async function contentOf(file: string): Promise<string> {
  return gunzipSync(await readFile(join(ephemery.folder, file))).toString('utf8');
}

describe('a support bundle', () => {
  it('shows what it would contain, and writes nothing then', async () => {
    const shown = await ephemery.json('support', 'bundle', '--out', 'none.tar.gz', '--dry-run');
    expect(shown).toMatchObject({
      isWritten: false,
      contents: expect.arrayContaining([
        { path: 'ephemery.yaml', what: expect.any(String), bytes: expect.any(Number) },
        { path: 'logs/supervisor.log', what: 'its last 22 lines', bytes: expect.any(Number) },
      ]),
    });
    await expect(stat(join(ephemery.folder, 'none.tar.gz'))).rejects.toThrow('ENOENT');
  });

  it('has what helps and none of the secrets, wherever they were', async () => {
    const { code, out, error } = await ephemery.run('support', 'bundle', '--out', 'bundle.tar.gz');
    expect({ code, error }).toMatchObject({ code: 0, error: expect.stringContaining('versions.json') });
    expect(out).toContain('bundle.tar.gz');
    expect((await stat(join(ephemery.folder, 'bundle.tar.gz'))).mode & 0o777).toBe(0o600);
    const text = await contentOf('bundle.tar.gz');
    for (const [name, value] of Object.entries({ ...planted, ...unknown })) {
      expect(text.toLowerCase().includes(value.toLowerCase()), `${name} is in it`).toBe(false);
      for (const form of [encodeURIComponent(value), Buffer.from(value).toString('base64')]) {
        expect(text.includes(form), `${name} is in it as ${form}`).toBe(false);
      }
    }
    for (const path of ['README.txt', 'versions.json', 'doctor.json', 'nodes/home/journal.ndjson']) {
      expect(text).toContain(path);
    }
    expect(text).toContain('an innocent line at the end');
    expect(text).toContain('client: ethereumjs');
    expect(text).toContain('execution/ethereumjs@1.0.0');
  });

  it('is never written over another file', async () => {
    const before = await readFile(join(ephemery.folder, 'bundle.tar.gz'));
    const { code, error } = await ephemery.run('support', 'bundle', '--out', 'bundle.tar.gz');
    expect(code).toBe(2);
    expect(error).toContain('EPH-SUPPORT-EXISTS');
    expect(await readFile(join(ephemery.folder, 'bundle.tar.gz'))).toEqual(before);
  });

  it('of a configuration that cannot be read shows nothing of it', async () => {
    const file = join(ephemery.folder, 'ephemery.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('nodes:', 'nodez:'));
    expect((await ephemery.run('support', 'bundle', '--out', 'broken.tar.gz')).code).toBe(0);
    const text = await contentOf('broken.tar.gz');
    for (const value of Object.values(planted)) expect(text.includes(value)).toBe(false);
    expect(text).toContain('EPH-CONFIG-');
  });
});
