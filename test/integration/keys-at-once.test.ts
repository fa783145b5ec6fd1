import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeystore } from '../../src/core/keys/keystore-cipher.ts';
import { parseKeystore } from '../../src/core/keys/parse-keystore.ts';
import type { PublicKey } from '../../src/core/keys/public-key.ts';
import type { StoredKey } from '../../src/keys/store/key-set-store.ts';
import { keySetStore } from '../../src/operations/keys/key-sets.ts';
import { rootPaths } from '../../src/storage/files/root-paths.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome, type Finished, type RunningEphemery } from '../support/ephemery-home.ts';
import { treeOf } from '../support/file-tree.ts';
import { writeKeySet } from '../support/key-sets.ts';
import { until } from '../support/mayfly-process.ts';
import { noOtherMachine, onOtherMachine } from '../support/other-machine.ts';
import { ownConfigText, writeOwnHome } from '../support/own-network.ts';

const preload = join(import.meta.dirname, '../support/stop-with-lock.mjs');
const node = (name: string, sets: string) =>
  `  ${name}: { network: own, execution: { client: geth }, consensus: { client: lighthouse }, validator: { client: lighthouse, keySets: [${sets}] } }\n`;
const nodes = ['a', 'b', 'c'];
const config = `${ownConfigText(node('a', 'main') + node('b', '') + node('c', ''))}keySets: { main: {}, other: {} }\n`;

let home: EphemeryHome;
let main: readonly PublicKey[];
let other: readonly PublicKey[];
beforeEach(async () => {
  home = await EphemeryHome.create();
  await writeOwnHome(home.folder, { config });
  main = await writeKeySet(home.root, 'main', [61, 62]);
  other = await writeKeySet(join(home.folder, 'foreign'), 'theirs', [63, 64]);
});
afterEach(() => home?.close());

const to = (name: string) => ['validators', 'move', 'main', '--to', name, '--no-backup'];
const takeOver = ['keys', 'import', 'foreign/keys/theirs', '--set', 'other', '--no-backup'];
const backup = ['keys', 'backup', '--folder', 'kept', '--passphrase-file', 'phrase'];
const restore = [
  'keys',
  'restore',
  '--folder',
  'kept',
  '--passphrase-file',
  'phrase',
  '--yes',
  '--no-backup',
];

/** The command at the moment at which it holds the lock on the keys, and not a step further. */
async function stopped(args: readonly string[]): Promise<RunningEphemery> {
  const env = { STOP_LOCK: home.path('keys', '.lock') };
  const running = home.start(args, { node: ['--import', preload], env });
  await until(async () => (await stateOf(running)) === 'T');
  return running;
}

async function stateOf({ pid }: RunningEphemery): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2)[0];
}

const goOn = async (running: RunningEphemery) => succeeded(await running.stop('SIGCONT'));

function succeeded({ code, stderr }: Finished): void {
  expect([code, stderr]).toEqual([0, expect.anything()]);
}

function errorOf({ code, stderr }: Finished): { code: string; message: string } {
  expect(code).toBe(1);
  return JSON.parse(stderr.trim().split('\n').at(-1) ?? '').error;
}

/** By the record, and by the configuration. */
async function owners() {
  const record = await home.json('keys', 'main', 'owner.json').catch(() => undefined);
  const text = await readFile(join(home.folder, 'ephemery.yaml'), 'utf8');
  const configured = nodes.filter((name) => new RegExp(`^  ${name}: .*\\[ ?main ?\\]`, 'm').test(text));
  return { record: record as { node: string; movingTo?: string } | undefined, configured };
}

async function expectOwner(name: string): Promise<void> {
  const { record, configured } = await owners();
  expect([record?.node, record?.movingTo, configured]).toEqual([name, undefined, [name]]);
}

/** Each key is in its one set, and its password opens it. */
async function expectKeys(sets: Readonly<Record<string, readonly PublicKey[]>>): Promise<void> {
  const store = keySetStore(rootPaths(home.root));
  const here = await store.owners();
  const wanted = Object.entries(sets).flatMap(([set, keys]) =>
    keys.map((key): [PublicKey, string] => [key, set]),
  );
  expect(new Map(here)).toEqual(new Map(wanted));
  for (const [key, set] of wanted) await expectOpens(await store.read(set, key));
}

describe('two moves of one key set, by two processes', () => {
  it('the second is refused while the first is at it, wherever it is to go, and the first arrives', async () => {
    const first = await stopped(to('b'));
    for (const name of ['c', 'b']) {
      const { code, message } = errorOf(await home.run(...to(name)));
      expect(code).toBe('EPH-ROOT-LOCKED');
      expect(message).toContain(`${first.pid} (validators move)`);
    }
    expect(await owners()).toMatchObject({ record: undefined, configured: ['a'] });
    await goOn(first);
    await expectOwner('b');
    await expectKeys({ main });
  });

  it('given at the same moment have one owner, which is where one of them went', async () => {
    const targets = ['b', 'c'];
    const ends = await Promise.all(targets.map((name) => home.run(...to(name))));
    const winners = targets.filter((_, at) => ends[at]?.code === 0);
    for (const end of ends.filter(({ code }) => code !== 0))
      expect(errorOf(end).code).toBe('EPH-ROOT-LOCKED');
    const { record } = await owners();
    expect(winners).toContain(record?.node);
    await expectOwner(record?.node ?? '');
    await expectKeys({ main });
  });

  it('the second goes on when the first was killed', async () => {
    const first = await stopped(to('b'));
    await first.stop('SIGKILL');
    succeeded(await home.run(...to('c')));
    await expectOwner('c');
  });
});

describe('two commands that work on keys, by two processes', () => {
  beforeEach(() => writeFile(join(home.folder, 'phrase'), 'a passphrase of some words', { mode: 0o600 }));

  it.each([
    ['a move', 'an import', to('b'), takeOver],
    ['an import', 'a move', takeOver, to('b')],
  ])('%s is at it: %s is refused, and comes to its end afterwards', async (_, _other, held, refused) => {
    const first = await stopped(held);
    expect(errorOf(await home.run(...refused)).code).toBe('EPH-ROOT-LOCKED');
    await goOn(first);
    succeeded(await home.run(...refused));
    await expectOwner('b');
    await expectKeys({ main, other });
  });

  it.each([
    ['a restore', 'an import', restore, takeOver],
    ['an import', 'a restore', takeOver, restore],
  ])('%s is at it: %s is refused, and comes to its end afterwards', async (_, _other, held, refused) => {
    await home.ask(...backup);
    const first = await stopped(held);
    expect(errorOf(await home.run(...refused)).code).toBe('EPH-ROOT-LOCKED');
    await goOn(first);
    succeeded(await home.run(...refused));
    await expectKeys({ main, other });
  });

  it('a backup waits for an import that is stopped, has all of it, and is restored', async () => {
    const first = await stopped(takeOver);
    const second = home.start(backup);
    // The last that it does before it waits.
    await until(async () => existsSync(home.path('backups', 'outgoing')));
    expect(await filesIn(join(home.folder, 'kept'))).toEqual([]);
    await goOn(first);
    const end = await second.ended;
    succeeded(end);
    expect(JSON.parse(end.stdout)).toMatchObject({ keys: { main: 2, other: 2 } });
    await rm(home.root, { recursive: true });
    succeeded(await home.run(...restore));
    await expectKeys({ main, other });
  });

  it('a backup at the same moment as an import has the keys of it all or not at all', async () => {
    const [made, imported] = await Promise.all([home.run(...backup), home.run(...takeOver)]);
    succeeded(made);
    if (imported.code !== 0) expect(errorOf(imported).code).toBe('EPH-ROOT-LOCKED');
    const { keys } = JSON.parse(made.stdout) as { keys: Record<string, number> };
    expect([{ main: 2 }, { main: 2, other: 2 }]).toContainEqual(keys);
    await rm(home.root, { recursive: true });
    succeeded(await home.run(...restore));
    await expectKeys(keys.other === undefined ? { main } : { main, other });
  });
});

const filesIn = (folder: string) => readdir(folder).catch(() => []);

async function expectOpens({ keystore, password }: StoredKey): Promise<void> {
  expect(password).toBeDefined();
  if (password !== undefined) await openKeystore('keystore', parseKeystore('keystore', keystore), password);
}

describeIf(await noOtherMachine())('the image of a machine, restored on another', () => {
  /** Runs the program where `/etc/machine-id` says that it is another machine. */
  async function elsewhere(...args: string[]): Promise<Finished> {
    return home.start(args, { through: await onOtherMachine(home.folder) }).ended;
  }
  it('has keys that are not its own until they are claimed there', async () => {
    succeeded(await home.run(...to('b')));
    const before = await owners();
    const tree = await treeOf(home.root);
    expect(JSON.parse((await elsewhere('status')).stdout)).toMatchObject({
      findings: [
        { code: 'EPH-VALIDATORS-BINDING-CHANGED', facts: { changes: ['the machine id is another'] } },
      ],
    });
    expect(await treeOf(home.root)).toEqual(tree);
    const refused = errorOf(await elsewhere(...to('c')));
    expect(refused.code).toBe('EPH-VALIDATORS-NOT-OURS');
    expect(refused.message).toContain('main');
    expect(await owners()).toEqual(before);
    succeeded(await elsewhere('keys', 'claim', 'main', '--yes', '--no-backup'));
    succeeded(await elsewhere(...to('c')));
    await expectOwner('c');
    expect(errorOf(await home.run(...to('a'))).code).toBe('EPH-VALIDATORS-NOT-OURS');
    await expectOwner('c');
  });
});
