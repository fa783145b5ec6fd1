import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/app/registries/commands.ts';
import { Secret } from '../../src/base/secret.ts';
import { signingPath } from '../../src/core/keys/key-path.ts';
import { mnemonicSeed, readMnemonic } from '../../src/core/keys/mnemonic.ts';
import { secretKeyAt } from '../../src/keys/key-tree.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { writeKeySet } from '../support/key-sets.ts';
import { formsOf, runSeen, secretsIn } from '../support/leaks.ts';
import { startS3Server } from '../support/s3-server.ts';
import { startSftpServer } from '../support/sftp-server.ts';

// Every command about keys, with real secrets, looked through wherever it says something: whoever adds one adds its case here.
const words = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
const address = '0x4D496CcC28058B1D74B7a19541663E21154f9c84';
const anyKey =
  '0x962195958e742b8dc5b2a25adede82fc5cd661827cb1e1237025e3d7847801aa5584d5bfdc6893413264cccfbff54128';
const secrets: Record<string, string> = {
  mnemonic: words,
  mnemonicPassphrase: 'twenty-fifth-word-planted',
  keystorePassword: 'keystore-password-planted',
  importPassword: 'password of 7',
  archivePassword: 'archive-password-planted',
  backupPassphrase: 'backup-passphrase-planted',
  s3Secret: 's3-secret-access-key-planted',
  keymanagerToken: 'api-token-0xfeedplanted',
};

let ephemery: EphemeryProcess;
const closing: (() => Promise<unknown>)[] = [];
const place = (name: string, content: string) =>
  writeFile(join(ephemery.folder, name), content, { mode: 0o600 });

beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  const s3 = await startS3Server({ secretAccessKey: secrets.s3Secret ?? '', pageSize: 100 });
  await mkdir(join(ephemery.folder, 'sftp', 'backups'), { recursive: true });
  const sftp = await startSftpServer(join(ephemery.folder, 'sftp'));
  closing.push(s3.close, sftp.close);
  secrets.sftpKey = sftp.privateKey.split('\n')[2] ?? '';
  await place('M', words);
  await place('MP', secrets.mnemonicPassphrase ?? '');
  await place('P', secrets.keystorePassword ?? '');
  await place('PHRASE', secrets.backupPassphrase ?? '');
  await place('AP', secrets.archivePassword ?? '');
  await place('sftp-key', sftp.privateKey);
  await place('s3', `access_key_id=AKIA\nsecret_access_key=${secrets.s3Secret}\n`);
  await place('s3-wrong', `access_key_id=AKIA\nsecret_access_key=${secrets.s3Secret}-wrong\n`);
  await ephemery.json('keys', 'backup', 'identity', 'identity.txt');
  const identity = await readFile(join(ephemery.folder, 'identity.txt'), 'utf8');
  secrets.ageIdentity = /AGE-SECRET-KEY-\S+/.exec(identity)?.[0] ?? '';
  const recipient = /age1\S+/.exec(identity)?.[0] ?? '';
  const config = (credentials: string) => `version: 1
nodes:
  home: { network: devnet, execution: { client: ethereumjs }, consensus: { client: mayfly }, validator: { client: mayfly, keySets: [main] } }
  second: { network: devnet, execution: { client: ethereumjs }, consensus: { client: mayfly }, validator: { client: mayfly, keySets: [] } }
keySets: { main: {} }
backup:
  recipients: [${recipient}]
  targets:
    - { kind: sftp, host: 127.0.0.1, port: ${sftp.port}, user: backup, path: /backups, hostKey: "${sftp.hostKey}", privateKeyFile: sftp-key }
    - { kind: s3, endpoint: "${s3.url}", bucket: bucket, credentialsFile: ${credentials} }
`;
  await place('ephemery.yaml', config('s3'));
  await place('failing.yaml', config('s3-wrong'));
  await place('protection.json', '{"metadata":{},"data":[]}');
  await writeKeySet(join(ephemery.folder, 'foreign'), 'theirs', [7]);
  await mkdir(join(ephemery.home, 'nodes/home/secrets'), { recursive: true, mode: 0o700 });
  await place('home/layout.json', '{"version":1}\n');
  await place('home/nodes/home/secrets/keymanager-token', secrets.keymanagerToken ?? '');
  const seed = await mnemonicSeed(
    readMnemonic(new Secret(words)),
    new Secret(secrets.mnemonicPassphrase ?? ''),
  );
  for (const index of [0, 1])
    secrets[`secretKey${index}`] = Buffer.from(secretKeyAt(seed.reveal(), signingPath(index))).toString(
      'hex',
    );
}, 120_000);
afterAll(async () => {
  await ephemery?.remove();
  for (const close of closing) await close();
});

const fromM = ['--mnemonic-file', 'M', '--passphrase-file', 'MP', '--kdf', 'pbkdf2'];
const opens = ['--identity-file', 'identity.txt'];
const onPublic = ['--network', 'ephemery'];
const one = ['--index', '1', '--iteration', '1'];

/** In an order in which each finds what it needs; the first of each is one that should do something. */
const cases: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'keys new': [
    [...fromM, '--password-file', 'P', '--count', '2', '--no-backup'],
    [...fromM, '--password-file', 'P', '--out', 'made', ...onPublic, '--withdrawal-address', address],
    [...fromM, '--start-index', '5', '--config', 'failing.yaml'],
    ['--mnemonic-file', 'P'],
    ['--mnemonic-file', 'M', '--password-env', 'NOT_SET'],
  ],
  'keys import': [
    ['foreign/keys/theirs', '--set', 'theirs'],
    ['made', '--password-file', 'MP', '--dry-run'],
    ['M', '--archive-password-file', 'AP', '--password-file', 'P'],
  ],
  'keys list': [onPublic],
  'keys show': [[firstKey(), '--prove'], ['0xffffff']],
  'keys export': [
    ['--out', 'exported', '--layout', 'lighthouse'],
    ['--out', 'made'],
  ],
  'keys deposit': [
    ['--set', 'main', ...onPublic, '--withdrawal-address', address, '--out', 'd.json'],
    ['--set', 'none', '--out', 'x'],
  ],
  'keys deposit list': [onPublic],
  'keys deposit again': [['--out', 'again.json', '--password-file', 'P']],
  'keys verify-deposits': [['d.json', ...onPublic], ['M']],
  'keys genesis-file': [['--set', 'main', '--name', 'me', '--withdrawal-address', address, '--out', '.']],
  'keys exit': [[...one, '--out', 'exit.json', '--password-file', 'P', firstKey()]],
  'keys change-credentials': [
    [...fromM.slice(0, 4), '--validators', '1', '--withdrawal-address', address, '--out', 'changes.json'],
    ['--mnemonic-file', 'P', '--validators', '1', '--withdrawal-address', address, '--out', 'changes.json'],
  ],
  'keys withdraw': [[anyKey, '--amount', '1']],
  'keys consolidate': [[anyKey]],
  'keys backup': [[], ['--folder', 'phrased', '--passphrase-file', 'PHRASE'], ['--config', 'failing.yaml']],
  'keys backup list': [[], ['--config', 'failing.yaml']],
  'keys backup drill': [
    opens,
    ['--folder', 'phrased', '--passphrase-file', 'PHRASE'],
    ['--passphrase-file', 'P'],
  ],
  'keys backup identity': [['identity2.txt'], ['identity.txt']],
  'keys restore': [
    [...opens, '--yes'],
    ['--folder', 'phrased', '--passphrase-file', 'P', '--yes'],
    [...opens, '--yes', '--config', 'failing.yaml'],
  ],
  'keys claim': [
    ['main', '--yes'],
    ['main', '--yes', '--config', 'failing.yaml'],
  ],
  'keys protect check': [['protection.json'], ['M']],
  'keys protect merge': [['protection.json', 'P', '--out', 'merged.json']],
  'keys protect minify': [['P', '--out', 'short.json']],
  'keys protect export': [['home', 'exported.json']],
  'keys protect import': [
    ['home', 'P', '--no-backup'],
    ['home', 'protection.json', '--config', 'failing.yaml'],
  ],
  'validators keys': [[]],
  'validators start': [['home']],
  'validators stop': [['home']],
  'validators halt': [['home', '--reason', 'a test']],
  'validators move': [
    ['main', '--to', 'second', '--no-backup'],
    ['main', '--to', 'home', '--config', 'failing.yaml'],
  ],
};

/** Their first case does what they are for; of the others only refusals can be had without a network. */
const doing =
  /^(?:keys (?:new|import|list|show|export|deposit|deposit list|verify-deposits|genesis-file|withdraw|consolidate|backup.*|restore|claim)|validators (?:start|stop|halt))$/;

/** The first key of the mnemonic with its passphrase; asked of the disk when the case is run. */
function firstKey(): string {
  return '<first key>';
}

async function filled(args: readonly string[]): Promise<readonly string[]> {
  if (!args.includes(firstKey())) return args;
  const [name = ''] = await readdir(join(ephemery.home, 'keys', 'main', 'keystores'));
  return args.map((arg) => (arg === firstKey() ? name.slice(0, -'.json'.length) : arg));
}

const leaksIn = (text: string) => secretsIn(text, secrets);

describe('no secret is told', () => {
  const mine = commands.filter(({ path }) => path[0] === 'keys' || path[0] === 'validators');

  it('by any command about keys: each has its case', () => {
    expect(Object.keys(cases).sort()).toEqual(mine.map(({ path }) => path.join(' ')).sort());
  });

  it.each(Object.keys(cases))('by `%s`', async (path) => {
    for (const args of cases[path] ?? []) {
      const run = [...path.split(' '), ...(await filled(args)), '--log-level', 'debug'];
      const isFirst = args === cases[path]?.[0];
      const { said, seen, code } = await runSeen(ephemery, isFirst ? [...run, '--json'] : run);
      if (isFirst && doing.test(path)) expect([code, said]).toEqual([0, said]);
      expect(said, run.join(' ')).not.toMatch(/EPH-CLI-(?:USAGE|UNKNOWN|VALUE|MISSING)/);
      expect(said.length + seen.length).toBeGreaterThan(0);
      expect({ run, said: leaksIn(said), seen: leaksIn(seen) }).toEqual({ run, said: [], seen: [] });
    }
  });

  it('in a support bundle, nor in any file but those that are for secrets', async () => {
    await ephemery.run('support', 'bundle', '--out', 'bundle.tar.gz');
    const bundle = gunzipSync(await readFile(join(ephemery.folder, 'bundle.tar.gz'))).toString('latin1');
    expect(leaksIn(bundle)).toEqual([]);
    const forSecrets =
      /^(?:M|MP|P|PHRASE|AP|sftp-key|s3|s3-wrong|identity2?\.txt|home\/nodes\/home\/secrets\/.*|(?:exported|foreign\/keys|home\/keys|home\/backups\/replaced\/[^/]+)\/(?:\w+\/)?secrets\/0x\w+)$/;
    const files = execFileSync('find', ['.', '-type', 'f', '-size', '-1000k', '-printf', '%P\n'], {
      cwd: ephemery.folder,
      encoding: 'utf8',
    });
    const others = files.split('\n').filter((path) => path !== '' && !forSecrets.test(path));
    const leaking = await Promise.all(
      others.map(async (path) => {
        const leaks = leaksIn(await readFile(join(ephemery.folder, path), 'latin1'));
        return leaks.length === 0 ? [] : [`${path}: ${leaks.join(', ')}`];
      }),
    );
    expect(others.length).toBeGreaterThan(10);
    expect(leaking.flat()).toEqual([]);
  });

  it('would be found if it were', () => {
    for (const [name, secret] of Object.entries(secrets)) {
      expect([name, secret.length > 10]).toEqual([name, true]);
      for (const form of formsOf(secret)) expect(leaksIn(`a ${form} b`)).toContain(name);
    }
  });
});
