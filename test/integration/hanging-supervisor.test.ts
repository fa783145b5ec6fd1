import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { treeOf } from '../support/file-tree.ts';
import { writeKeySet } from '../support/key-sets.ts';
import { ownConfigText, writeOwnHome } from '../support/own-network.ts';
import { speakingCommands } from '../support/speaking-commands.ts';

// A supervisor that is stopped: the system takes connections for it, and nobody ever answers. Here its nodes wait for a release.
// Long enough for two cores that begin all these programs at once; a supervisor that says nothing is given up after ten seconds.
const patienceMs = 45_000;
const client = 'client: lighthouse, version: 8.2.0, artifact: { kind: path, path: ./lighthouse }';
const node = (keySets: string) => `
    network: own
    execution: { client: geth, version: 1.17.6, artifact: { kind: path, path: ./geth } }
    consensus: { ${client} }
    validator: { ${client}, keySets: [${keySets}] }
`;
const config = `${ownConfigText(`  home:${node('main')}  second:${node('')}`)}keySets: { main: { feeRecipient: "0x${'fe'.repeat(20)}" } }
`;
const address = '0x4D496CcC28058B1D74B7a19541663E21154f9c84';

/** Of how it ends: `refuses` with the error and does nothing, `does` with code 0 because it has to work then, `ends` somehow: those that change keys take turns. */
type Case = readonly [how: 'refuses' | 'does' | 'ends', ...args: string[]];

const cases: Readonly<Record<string, Case>> = {
  up: ['refuses'],
  down: ['refuses'],
  status: ['refuses'],
  logs: ['refuses', 'home', '--follow'],
  plan: ['refuses'],
  reset: ['refuses', 'home'],
  'reset hold': ['refuses', 'home'],
  'reset release': ['refuses', 'home'],
  sync: ['refuses'],
  'sync recover': ['refuses', 'home', 'execution', '--do', 'restart'],
  peers: ['refuses'],
  doctor: ['ends'],
  'support bundle': ['does', '--out', 'bundle.tar.gz'],
  clients: ['refuses'],
  'clients switch': ['refuses', 'home', '--execution', 'reth'],
  'artifacts list': ['refuses'],
  'artifacts update': ['refuses'],
  'artifacts prune': ['refuses'],
  'keys new': ['ends', '--set', 'other', '--password-file', 'P', '--save-mnemonic', 'W', '--kdf', 'pbkdf2'],
  'keys import': ['ends', 'foreign/keys/theirs', '--set', 'theirs'],
  'keys genesis-file': ['ends', '--set', 'main', '--name', 'me', '--withdrawal-address', address],
  'keys backup': ['ends', '--folder', 'backups', '--passphrase-file', 'P'],
  'keys backup list': ['does', '--folder', '.'],
  'keys backup drill': ['ends', '--folder', 'nowhere', '--passphrase-file', 'P'],
  'keys backup identity': ['does', 'identity.txt'],
  'keys restore': ['ends', '--folder', 'nowhere', '--passphrase-file', 'P', '--yes'],
  'keys claim': ['ends', 'main', '--yes'],
  'keys protect check': ['does', 'protection.json'],
  'keys protect merge': ['does', 'protection.json', 'protection.json', '--out', 'merged.json'],
  'keys protect minify': ['does', 'protection.json', '--out', 'short.json'],
  'keys protect export': ['ends', 'home', 'exported.json'],
  'keys protect import': ['ends', 'home', 'protection.json'],
  'validators keys': ['does'],
  'validators start': ['refuses', 'home'],
  'validators stop': ['does', 'home'],
  'validators halt': ['does', 'home'],
  'validators move': ['refuses', 'main', '--to', 'second', '--no-backup'],
};
/** Other ways into commands of the table. */
const more: readonly (readonly [string, Case])[] = [
  ['up', ['refuses', '--detach']],
  ['sync', ['refuses', '--watch']],
  ['reset', ['refuses', '--dry-run']],
];

let ephemery: EphemeryProcess;
let supervisor: number;

const status = async () =>
  (await ephemery.json('status')) as {
    supervisor: { pid: number };
    nodes: { name: string; hold?: unknown }[];
  };

beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  const place = (name: string, text: string) => writeFile(join(ephemery.folder, name), text, { mode: 0o600 });
  await writeOwnHome(ephemery.folder, { config });
  for (const [name, says] of [
    ['geth', 'geth version 1.17.6'],
    ['lighthouse', 'Lighthouse v8.2.0'],
  ] as const)
    await writeFile(join(ephemery.folder, name), `#!/bin/sh\necho ${says}\n`, { mode: 0o755 });
  await place('P', 'a password of twelve');
  const metadata = { interchange_format_version: '5', genesis_validators_root: `0x${'ab'.repeat(32)}` };
  await place('protection.json', JSON.stringify({ metadata, data: [] }));
  await mkdir(join(ephemery.folder, 'backups'));
  await writeKeySet(join(ephemery.folder, 'foreign'), 'theirs', [7]);
  await writeKeySet(ephemery.home, 'main', [8]);
  await ephemery.json('up', '--detach');
  supervisor = (await status()).supervisor.pid;
}, 120_000);
afterAll(async () => {
  if (supervisor !== undefined) process.kill(supervisor, 'SIGCONT');
  await ephemery?.remove();
});

interface Told {
  readonly line: string;
  readonly how: Case[0];
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

async function run(path: string, [how, ...args]: Case): Promise<Told> {
  const { child, ended } = ephemery.start(...path.split(' '), ...args, '--json');
  child.stdin?.end();
  const giveUp = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  const { code, out, error } = await ended;
  clearTimeout(giveUp);
  const line = [path, ...args].join(' ');
  return { line, how, code, out, error };
}

describe('a supervisor that hangs', () => {
  it('has a case for every command that can ask it', async () => {
    expect(Object.keys(cases).toSorted()).toEqual((await speakingCommands()).toSorted());
  });

  it('is not waited for by any command, and nothing is done by halves', { timeout: 120_000 }, async () => {
    const before = await treeOf(ephemery.folder);
    process.kill(supervisor, 'SIGSTOP');
    const told: Told[] = [];
    const waiting = [...Object.entries(cases), ...more].filter(([, [how]]) => how === 'refuses');
    told.push(...(await Promise.all(waiting.map(([path, given]) => run(path, given)))));
    for (const { line, code, error } of told) {
      expect([line, code, error]).toEqual([line, 1, expect.stringContaining('EPH-CONTROL-UNREACHABLE')]);
      expect(error).toContain('ephemery doctor');
      expect(error).not.toContain('is waited for');
    }
    const ours = (entries: readonly string[]) => entries.filter((entry) => !/^home\/(logs|run)/.test(entry));
    expect(ours(await treeOf(ephemery.folder))).toEqual(ours(before));
  });

  it('is said to be waited for, to people', async () => {
    const { error } = await ephemery.run('reset', 'hold', 'home');
    expect(error).toMatch(
      new RegExp(
        `^The supervisor \\(process ${supervisor}\\) does not answer yet.*\\n.*EPH-CONTROL-UNREACHABLE`,
      ),
    );
  });

  it('keeps nobody from what can be done without it, and the doctor names it', {
    timeout: 120_000,
  }, async () => {
    const others = Object.entries(cases).filter(([, [how]]) => how !== 'refuses');
    const told = await Promise.all(others.map(([path, given]) => run(path, given)));
    for (const { line, how, code, error } of told) {
      if (how === 'does') expect([line, code, error]).toEqual([line, 0, expect.any(String)]);
      else expect([line, typeof code, error]).toEqual([line, 'number', expect.any(String)]);
      expect(error).not.toMatch(/EPH-CLI-USAGE/);
    }
    const { code, out } = told.find(({ line }) => line === 'doctor') as Told;
    expect(code).toBe(3);
    expect(JSON.parse(out)).toContainEqual(
      expect.objectContaining({
        code: 'EPH-HOST-SUPERVISOR-SILENT',
        facts: expect.objectContaining({ pid: supervisor }),
        remedy: expect.stringContaining(`kill -KILL ${supervisor}`),
      }),
    );
  });

  it('is as before when it goes on', async () => {
    process.kill(supervisor, 'SIGCONT');
    const { supervisor: there, nodes } = await status();
    expect(there.pid).toBe(supervisor);
    expect(nodes.map(({ name }) => name).toSorted()).toEqual(['home', 'second']);
    await ephemery.json('reset', 'hold', 'home');
    await ephemery.json('reset', 'release', 'home');
  });
});
