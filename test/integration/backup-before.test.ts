import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../../src/app/registries/commands.ts';
import type { PublicKey } from '../../src/core/keys/public-key.ts';
import { devnetFolder, writeDevnetSettings } from '../../src/operations/devnet/devnet-file.ts';
import { newDevnetSettings } from '../../src/operations/devnet/devnet-settings.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { writeKeySet } from '../support/key-sets.ts';

// Where a backup is configured, one is made before anything happens to keys; where it fails, nothing happens to them.
const words = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
const address = '0x4D496CcC28058B1D74B7a19541663E21154f9c84';
const target = 'target';

// A move is refused before it copies anything where the network of its nodes was never made.
const network = newDevnetSettings({
  name: 'devnet',
  seed: 'before keys are touched',
  nowMs: Date.now(),
  ports: { releaser: 1, api: 2, rpc: 3, engine: 4, p2p: 5 },
});

let ephemery: EphemeryProcess;
let keys: readonly PublicKey[];
let recipient: string;

const at = (...parts: readonly string[]) => join(ephemery.folder, ...parts);

beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  ({ recipient } = (await ephemery.json('keys', 'backup', 'identity', 'identity.txt')) as {
    recipient: string;
  });
  await writeFile(at('M'), words, { mode: 0o600 });
  await writeFile(at('protection.json'), '{}');
  await writeKeySet(at('foreign'), 'theirs', [7]);
});
afterAll(() => ephemery?.remove());

beforeEach(async () => {
  for (const path of [ephemery.home, at(target), at('out')]) await rm(path, { recursive: true, force: true });
  await mkdir(ephemery.home, { mode: 0o700 });
  await writeFile(join(ephemery.home, 'layout.json'), '{"version":1}\n');
  await writeDevnetSettings(devnetFolder(ephemery.home, network.name), network);
  await mkdir(at('out'));
  const node = (name: string) =>
    `  ${name}: { network: devnet, execution: { client: ethereumjs }, consensus: { client: mayfly }, validator: { client: mayfly, keySets: [${name === 'home' ? 'main' : ''}] } }`;
  await writeFile(
    at('ephemery.yaml'),
    `version: 1\nnodes:\n${node('home')}\n${node('second')}\nkeySets: { main: {} }\nbackup: { recipients: [${recipient}], targets: [{ kind: directory, path: ${target} }] }\n`,
  );
  keys = await writeKeySet(ephemery.home, 'main', [1, 2]);
});

/** Every file under `keys/` that is not the lock, with its text. */
async function keyFiles(): Promise<Record<string, string>> {
  const folder = join(ephemery.home, 'keys');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')])),
  );
}

/** By what changes keys, who owns them, or what they signed. */
const changing: readonly (readonly string[])[] = [
  ['keys', 'new', '--mnemonic-file', 'M', '--kdf', 'pbkdf2', '--set', 'other'],
  ['keys', 'import', 'foreign/keys/theirs', '--set', 'other'],
  ['keys', 'restore', '--folder', 'kept', '--identity-file', 'identity.txt', '--yes'],
  ['keys', 'claim', 'main', '--yes'],
  ['keys', 'genesis-file', '--name', 'mario', '--withdrawal-address', address, '--out', 'out'],
  ['keys', 'protect', 'import', 'home', 'protection.json'],
  ['validators', 'move', 'main', '--to', 'second'],
];

describe('before keys are touched', () => {
  it('every command that can be told to go on without a backup is tried here', () => {
    const tellable = commands
      .filter(({ options }) => 'noBackup' in options)
      .map(({ path }) => path.join(' '));
    const tried = tellable.filter((path) => changing.some((words) => words.join(' ').startsWith(path)));
    expect(tried).toEqual(tellable);
    expect(tried).toHaveLength(changing.length);
  });

  it.each(changing.map((words) => [words.slice(0, 3).join(' '), words] as const))(
    'a backup that fails ends `%s`, and nothing was changed',
    async (_name, words) => {
      await ephemery.json('keys', 'backup', '--folder', 'kept');
      // No folder can be made where a file is.
      await writeFile(at(target), 'in the way');
      const before = await keyFiles();
      const { code, error } = await ephemery.run(...words, '--json');
      expect(error).toContain('EPH-BACKUP-BEFORE');
      expect(error).toContain('--no-backup');
      expect(code).toBe(1);
      expect(await keyFiles()).toEqual(before);
      expect(await readdir(at('out'))).toEqual([]);
      const without = await ephemery.run(...words, '--no-backup', '--json');
      expect(without.error).not.toContain('EPH-BACKUP');
    },
  );

  it('none is made for a move that cannot begin', async () => {
    await rm(devnetFolder(ephemery.home, network.name), { recursive: true });
    const before = await keyFiles();
    const { error } = await ephemery.run('validators', 'move', 'main', '--to', 'second', '--json');
    expect(error).toContain('EPH-FLEET-NO-DEVNET');
    await expect(readdir(at(target))).rejects.toThrow('ENOENT');
    expect(await keyFiles()).toEqual(before);
  });

  it('one is made, which has what was there before', async () => {
    const made = (await ephemery.json('keys', 'import', 'foreign/keys/theirs', '--set', 'other')) as {
      backup: string;
      new: readonly unknown[];
    };
    expect(made.new).toHaveLength(1);
    expect(await readdir(at(target))).toEqual([made.backup]);
    const drill = ['keys', 'backup', 'drill', made.backup, '--identity-file', 'identity.txt'];
    expect(await ephemery.json(...drill)).toMatchObject({ proven: keys.length });
  });

  it('none is made when nothing would change, nor before the first key', async () => {
    await ephemery.json('keys', 'import', 'foreign/keys/theirs', '--set', 'other', '--dry-run');
    await expect(readdir(at(target))).rejects.toThrow('ENOENT');
    await rm(join(ephemery.home, 'keys'), { recursive: true });
    await ephemery.json('keys', 'import', 'foreign/keys/theirs', '--set', 'other');
    await expect(readdir(at(target))).rejects.toThrow('ENOENT');
  });

  it('a configuration that cannot be read is no configuration without backups', async () => {
    await writeFile(at('broken.yaml'), 'version: 1\nbackup: {');
    const words = ['keys', 'import', 'foreign/keys/theirs', '--set', 'other', '--config', 'broken.yaml'];
    expect((await ephemery.run(...words)).error).toContain('EPH-CONFIG');
    expect((await ephemery.run(...words, '--no-backup')).code).toBe(0);
  });
});
