import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLayout, prepareRoot } from '../../src/storage/files/layout.ts';
import { type RootLock, takeLock } from '../../src/storage/files/root-lock.ts';
import { rootPaths } from '../../src/storage/files/root-paths.ts';
import { EphemeryHome } from '../support/ephemery-home.ts';
import { treeOf } from '../support/file-tree.ts';
import { ownConfigText, writeOwnHome } from '../support/own-network.ts';
import { writeReleaseFolder } from '../support/pack-release.ts';
import { syntheticRelease } from '../support/synthetic-release.ts';

// Commands that only look: on a root that has keys, a journal's folder and a release, and that somebody else has locked.
// Each with the exit code it ends with there, and the error if it is one: of 3, something critical is what it found.
const lookers: readonly (readonly [line: string, code: number | readonly number[], error?: string])[] = [
  ['status', 0],
  ['plan', 0],
  ['plan home', 0],
  ['logs home', 0],
  ['logs home --layer execution', 0],
  // What it finds depends on the host too.
  ['doctor', [0, 3]],
  ['sync', 0],
  ['peers', 0],
  ['clients', 0],
  ['clients switch home --execution reth --dry-run', 0],
  ['artifacts list', 0],
  ['artifacts verify', 0],
  ['artifacts update --dry-run', 0],
  ['artifacts prune --dry-run', 0],
  ['network show own', 0],
  ['network releases own', 0],
  ['network checkpoints own', 1, 'EPH-NETWORK-NO-RELEASE'],
  ['network verify release', 3],
  ['keys list', 0],
  ['keys list --network own', 0],
  ['keys deposit list', 0],
  ['keys protect check protection.json', 0],
  ['validators keys', 0],
  ['export compose', 2, 'EPH-EXPORT-NONE'],
  ['export systemd', 1, 'EPH-EXPORT-NO-RELEASE'],
  ['reset --dry-run', 0],
  ['reset --force --dry-run', 0],
  ['service status', 0],
  ['completion bash', 0],
];

let home: EphemeryHome;
let config: string;
let lock: RootLock;

beforeAll(async () => {
  home = await EphemeryHome.create();
  await writeReleaseFolder(join(home.folder, 'release'), syntheticRelease({ iteration: 167 }));
  await cp(join(home.folder, 'release'), join(home.folder, 'published', 'ephemery-167'), { recursive: true });
  const nodes = `  home:
    network: own
    execution: { client: geth }
    consensus: { client: lighthouse }
    validator: { client: lighthouse, keySets: [main] }
`;
  config = await writeOwnHome(home.folder, {
    source: '{ kind: directory, path: ./published }',
    config: `${ownConfigText(nodes)}keySets: { main: { feeRecipient: "0x${'fe'.repeat(20)}" } }\n`,
  });
  const metadata = {
    interchange_format_version: '5',
    genesis_validators_root: `0x${'ab'.repeat(32)}`,
  };
  await writeFile(join(home.folder, 'protection.json'), JSON.stringify({ metadata, data: [] }));
  await writeFile(join(home.folder, 'password'), 'a password of twelve');
  await home.ask(
    ...['keys', 'new', '--set', 'main', '--config', config, '--kdf', 'pbkdf2'],
    ...['--password-file', join(home.folder, 'password'), '--save-mnemonic', join(home.folder, 'words')],
  );
  const paths = rootPaths(home.root);
  await prepareRoot(paths);
  await openLayout(paths);
  lock = await takeLock(paths, 'reset', Date.now());
});
afterAll(async () => {
  await lock?.release();
  await home?.close();
});

describe('a command that only looks', () => {
  const cases = lookers.map(([line, expected, error]) => ({ line, expected, error }));

  it.each(cases)('$line: waits for nobody and writes nothing', async ({ line, expected, error }) => {
    const before = await treeOf(home.folder);
    const { code, stderr } = await home.run(...line.split(' '), '--config', config);
    expect([expected].flat(), stderr).toContain(code);
    if (error === undefined) expect(stderr).toBe('');
    else expect(JSON.parse(stderr)).toMatchObject({ error: { code: error } });
    expect(await treeOf(home.folder)).toEqual(before);
  });

  it('is told from one that changes something, which the lock keeps out', async () => {
    const { stderr } = await home.run('up', '--config', config);
    expect(stderr).toContain('EPH-ROOT-LOCKED');
  });
});
