import { chmod, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { newIdentity } from '../../backup/lock.ts';
import { directoryTarget } from '../../backup/targets/directory-target.ts';
import { backupPart } from '../../config/parts/backup.ts';
import type { EffectiveConfig } from '../services.ts';
import { unattendedBackups } from './unattended-backups.ts';

const hour = 3_600_000;
const never = new AbortController().signal;

let host: BackupHost;
let config: EffectiveConfig;
/** The second recipient's identity, on this host alone. */
let identityFile: string;
beforeEach(async () => {
  host = await backupHost();
  await writeKeySet(host.paths.root, 'main', [1, 2]);
  const [away, here] = [await newIdentity(), await newIdentity()];
  identityFile = join(host.folder, 'drill-identity.txt');
  await writeFile(identityFile, `${here.identity}\n`, { mode: 0o600 });
  const backup = backupPart.parse({
    recipients: [away.recipient, here.recipient],
    targets: [{ kind: 'directory', path: host.target }],
    every: '24h',
    drill: { every: '1h', identityFile },
  });
  config = { id: 'x', folder: host.folder, config: { nodes: {}, backup } } as unknown as EffectiveConfig;
});
afterEach(() => host.remove());

const codesOf = (keeper: { findings: readonly { code: string; facts: object }[] }) =>
  keeper.findings.map(({ code, facts }) => [code, (facts as { code?: string }).code]);

describe('unattended drills with a second recipient', () => {
  it('prove what was made with what lies on this host alone', async () => {
    const keeper = unattendedBackups(host.services, () => config);
    await keeper.turn(never);
    expect(codesOf(keeper)).toEqual([]);
    const state = JSON.parse(await readFile(join(host.paths.root, 'backups', 'state.json'), 'utf8'));
    expect(state).toMatchObject({ lastDrill: { backup: state.lastBackup.name, proven: 2 } });
    expect(await readdir(join(host.paths.root, 'backups', 'scratch'))).toEqual([]);
  });

  it.each<[string, string, () => Promise<void>, () => Promise<void>]>([
    [
      'the backup was cut short',
      'EPH-BACKUP-DAMAGED',
      async () => {
        for (const name of await readdir(host.target)) await truncate(join(host.target, name), 4_000);
      },
      async () => {
        await rm(host.target, { recursive: true });
        await unattendedBackups(host.services, () => config).turn(never);
        await host.make({ lock: { kind: 'recipients', recipients: config.config.backup?.recipients ?? [] } });
      },
    ],
    [
      'all backups are gone',
      'EPH-BACKUP-NONE',
      async () => {
        await rm(host.target, { recursive: true });
      },
      async () => {
        await host.make({ lock: { kind: 'recipients', recipients: config.config.backup?.recipients ?? [] } });
      },
    ],
    [
      'the identity is another',
      'EPH-BACKUP-NOT-OPENED',
      async () => {
        await writeFile(`${identityFile}.kept`, await readFile(identityFile));
        await writeFile(identityFile, `${(await newIdentity()).identity}\n`);
      },
      async () => writeFile(identityFile, await readFile(`${identityFile}.kept`)),
    ],
    [
      'others may read the identity',
      'EPH-BACKUP-SECRET-FILE',
      () => chmod(identityFile, 0o644),
      () => chmod(identityFile, 0o600),
    ],
  ])('are a finding while %s, and none once that is mended', async (_what, code, harm, mend) => {
    const keeper = unattendedBackups(host.services, () => config);
    await keeper.turn(never);
    await harm();
    await host.clock.advance(hour);
    await keeper.turn(never);
    expect(codesOf(keeper)).toEqual([['EPH-BACKUP-DRILL-FAILED', code]]);
    const identity = (await readFile(identityFile, 'utf8')).trim();
    expect(JSON.stringify(keeper.findings)).not.toContain(identity);
    await mend();
    await host.clock.advance(hour);
    await keeper.turn(never);
    expect(codesOf(keeper)).toEqual([]);
  });
});

describe('a backup for several targets', () => {
  it('is in those that work when one does not, which is told by name', async () => {
    await writeFile(join(host.folder, 'a-file'), '');
    const broken = directoryTarget(join(host.folder, 'a-file', 'x'));
    const good = directoryTarget(host.target);
    const making = host.make({ targets: [broken, good] });
    await expect(making).rejects.toMatchObject({ code: 'EPH-BACKUP-TARGET', facts: { target: broken.name } });
    expect(await readdir(host.target)).toHaveLength(1);
  });
});

it('keys that are damaged here are a finding, until they are whole again', async () => {
  const [file = ''] = await readdir(join(host.paths.keys, 'main/secrets'));
  const secret = join(host.paths.keys, 'main/secrets', file);
  const password = await readFile(secret, 'utf8');
  await rm(secret);
  const keeper = unattendedBackups(host.services, () => config);
  await keeper.turn(never);
  const found = () => keeper.findings.filter(({ code }) => code === 'EPH-BACKUP-KEYS-UNSOUND');
  expect(found()).toMatchObject([{ severity: 'warning', facts: { keys: 1, keySet: 'main', key: file } }]);
  await writeFile(secret, password);
  host.clock.jump(25 * hour);
  await keeper.turn(never);
  expect(found()).toEqual([]);
});
