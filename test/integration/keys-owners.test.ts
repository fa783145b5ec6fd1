import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DevnetSettings } from '../../src/operations/devnet/devnet-settings.ts';
import { FileNodeStore } from '../../src/storage/files/node-store.ts';
import { rootPaths } from '../../src/storage/files/root-paths.ts';
import { EphemeryHome, type RunningEphemery, type SeenEvent } from '../support/ephemery-home.ts';
import { freePort } from '../support/free-port.ts';
import {
  configOfGenesisKeys,
  genesisKeysSign,
  newGenesisKeysNetwork,
  prepareGenesisKeys,
  signedUntilNow,
  signersOf,
} from '../support/genesis-keys.ts';
import { until } from '../support/mayfly-process.ts';

const run = promisify(execFile);

/** Roots that have the same keys, of a network whose genesis has them; only the first may sign. */
describe('keys that another root has too', () => {
  let original: EphemeryHome;
  let copy: EphemeryHome;
  let settings: DevnetSettings;
  let up: readonly string[];
  const others: EphemeryHome[] = [];

  beforeAll(async () => {
    original = await EphemeryHome.create();
    copy = await EphemeryHome.create();
    others.push(copy);
    settings = await newGenesisKeysNetwork();
    up = ['up', '--config', join(original.folder, 'ephemery.yaml')];
    await writeFile(join(original.folder, 'ephemery.yaml'), configOfGenesisKeys);
    await prepareGenesisKeys(original, settings);
    await signedUntilNow(original, settings);
    original.start(up);
    await until(() => signs(), 120_000);
  });
  afterAll(async () => {
    for (const each of [...others, original]) await each?.close();
  });

  const signs = () => genesisKeysSign(settings);
  const config = () => up.slice(1);
  const programs = async (home: EphemeryHome) =>
    (await home.processes())
      .filter(({ command }) => /--data-?[dD]ir=/.test(command))
      .map(({ pid }) => pid)
      .sort();
  const raised = async (running: RunningEphemery, code: string) => {
    const findingOf = (event: SeenEvent) => event.finding as { code: string; remedy: string } | undefined;
    const isIt = (event: SeenEvent) => event.type === 'finding.raised' && findingOf(event)?.code === code;
    return findingOf(await running.event(code, isIt));
  };

  it('do not sign where they were imported while the first root signs with them', async () => {
    const second = await EphemeryHome.create();
    others.push(second);
    await prepareGenesisKeys(second, settings);
    await joinNetwork(second, original);
    await ownPorts(second);
    await raised(second.start(up), 'EPH-NODE-KEYS-ACTIVE-ELSEWHERE');
    expect(await signersOf(second)).toEqual([]);
    await second.close();
    expect(await signersOf(original)).toHaveLength(1);
  });

  it('in a copied folder neither sign nor end or adopt what signs for the original', async () => {
    await rm(copy.root, { recursive: true, force: true });
    await run('cp', ['-a', original.root, copy.root]);
    const before = await programs(original);
    const { code, stderr } = await copy.run(...up);
    expect([code, stderr]).toEqual([1, expect.stringContaining('EPH-FLEET-PORT-TAKEN')]);
    expect(stderr).toContain('the folder is a copy, or was restored');
    expect(stderr).toContain('ephemery keys claim');
    expect(await copy.ask('status', ...config())).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ code: 'EPH-VALIDATORS-BINDING-CHANGED' })]),
    });
    for (const command of ['halt', 'stop'])
      await copy.ask('validators', command, '--reason', 'a mistake', ...config());
    expect(await copy.run('down', ...config())).toMatchObject({ code: 0 });
    expect(await copy.processes()).toEqual([]);
    expect(await programs(original)).toEqual(before);
    await copy.ask('validators', 'start', ...config());
    await until(() => signs());
  });

  it('wait for two quiet epochs in the copy, after a claim and not without', async () => {
    expect(await original.run('down', ...config())).toMatchObject({ code: 0 });
    const running = copy.start(up);
    const notOurs = await raised(running, 'EPH-VALIDATORS-KEYS-NOT-OURS');
    expect(notOurs?.remedy).toContain('ephemery keys claim main');
    expect(await signersOf(copy)).toEqual([]);
    await copy.ask('keys', 'claim', 'main', '--yes', '--no-backup', ...config());
    await raised(running, 'EPH-VALIDATORS-WATCHING');
    expect(await signersOf(copy)).toEqual([]);
  });
});

/** Two roots know of each other's ports by who listens alone, and a client of the other may just be starting. */
async function ownPorts({ root }: EphemeryHome): Promise<void> {
  const names = [
    'execution.rpc',
    'execution.engine',
    'execution.p2p',
    'consensus.api',
    'validator.keymanager',
  ];
  const ports: Record<string, number> = {};
  for (const name of names) ports[name] = await freePort();
  await new FileNodeStore(rootPaths(root), 'home').writePorts(ports);
}

/** Takes the network that the other root keeps for its own: a record without a place, as earlier versions wrote them. */
async function joinNetwork(home: EphemeryHome, other: EphemeryHome): Promise<void> {
  const record = JSON.parse(await readFile(other.path('run', 'units', 'own.service.json'), 'utf8'));
  const { place: _one, ...rest } = record;
  const { place: _two, ...process } = rest.run.process;
  await run('mkdir', ['-p', home.path('run', 'units')]);
  const text = JSON.stringify({ ...rest, run: { ...rest.run, process } });
  await writeFile(home.path('run', 'units', 'own.service.json'), text);
}
