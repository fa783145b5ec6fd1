import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/base/random.ts';
import {
  devnetFolder,
  genesisValidatorsFolder,
  writeDevnetSettings,
} from '../../src/operations/devnet/devnet-file.ts';
import {
  type DevnetSettings,
  newDevnetSettings,
  producerApiUrl,
} from '../../src/operations/devnet/devnet-settings.ts';
import { openInstallation } from '../../src/storage/files/installation.ts';
import { KeyOwners } from '../../src/storage/files/key-owners.ts';
import { openLayout, prepareRoot } from '../../src/storage/files/layout.ts';
import { FileNodeStore } from '../../src/storage/files/node-store.ts';
import { rootPaths } from '../../src/storage/files/root-paths.ts';
import { EphemeryHome, type RunningEphemery, type SeenEvent } from '../support/ephemery-home.ts';
import { freePort } from '../support/free-port.ts';
import { writeKeySet } from '../support/key-sets.ts';
import { until } from '../support/mayfly-process.ts';

const run = promisify(execFile);
const text = `version: 1
networks:
  own: { devnet: { slot: 1s, period: 20m, validators: 64 } }
nodes:
  home:
    network: own
    execution: { client: ethereumjs }
    consensus: { client: mayfly }
    validator: { client: mayfly, keySets: [main] }
keySets: { main: {} }
`;
const seeds = [51, 52];
const indices = ['64', '65'];

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
    settings = await newSettings();
    up = ['up', '--config', join(original.folder, 'ephemery.yaml')];
    await writeFile(join(original.folder, 'ephemery.yaml'), text);
    await prepare(original, settings);
    await signedUntilNow(original, settings);
    original.start(up);
    await until(() => signs(), 120_000);
  });
  afterAll(async () => {
    for (const each of [...others, original]) await each?.close();
  });

  /** Whether our keys were at work in this epoch. */
  const signs = async () => {
    const epoch = Math.floor((Date.now() / 1_000 - genesisSeconds(settings)) / 32);
    const answer = await fetch(`${producerApiUrl(settings)}/eth/v1/validator/liveness/${epoch}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(indices),
    }).catch(() => undefined);
    if (answer?.ok !== true) return false;
    const { data } = (await answer.json()) as { data: readonly { is_live: boolean }[] };
    return data.some(({ is_live: isLive }) => isLive);
  };
  const config = () => up.slice(1);
  const programs = async (home: EphemeryHome) =>
    (await home.processes())
      .filter(({ command }) => /--data-?[dD]ir=/.test(command))
      .map(({ pid }) => pid)
      .sort();
  const signers = async (home: EphemeryHome) =>
    (await home.processes()).filter(({ command }) => command.includes('mayfly-validator'));
  const raised = async (running: RunningEphemery, code: string) => {
    const findingOf = (event: SeenEvent) => event.finding as { code: string; remedy: string } | undefined;
    const isIt = (event: SeenEvent) => event.type === 'finding.raised' && findingOf(event)?.code === code;
    return findingOf(await running.event(code, isIt));
  };

  it('do not sign where they were imported while the first root signs with them', async () => {
    const second = await EphemeryHome.create();
    others.push(second);
    await prepare(second, settings);
    await joinNetwork(second, original);
    await ownPorts(second);
    await raised(second.start(up), 'EPH-NODE-KEYS-ACTIVE-ELSEWHERE');
    expect(await signers(second)).toEqual([]);
    await second.close();
    expect(await signers(original)).toHaveLength(1);
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
    expect(await signers(copy)).toEqual([]);
    await copy.ask('keys', 'claim', 'main', '--yes', '--no-backup', ...config());
    await raised(running, 'EPH-VALIDATORS-WATCHING');
    expect(await signers(copy)).toEqual([]);
  });
});

function genesisSeconds({ baseTimeSeconds, periodSeconds, genesisDelaySeconds }: DevnetSettings): number {
  return baseTimeSeconds + periodSeconds + genesisDelaySeconds;
}

async function newSettings(): Promise<DevnetSettings> {
  const ports = {
    releaser: await freePort(),
    api: await freePort(),
    rpc: await freePort(),
    engine: await freePort(),
    p2p: await freePort(),
  };
  return newDevnetSettings({
    ...{ name: 'own', seed: 'owners', nowMs: Date.now(), ports },
    ...{ slotSeconds: 1, periodSeconds: 1_200, validators: 64 },
  });
}

/** A root with the keys, and a network that has them in its genesis. */
async function prepare({ root }: EphemeryHome, settings: DevnetSettings): Promise<void> {
  const paths = rootPaths(root);
  await prepareRoot(paths);
  await openLayout(paths);
  const keys = await writeKeySet(root, 'main', seeds);
  const folder = devnetFolder(root, 'own');
  await writeDevnetSettings(folder, settings);
  const credentials = `0x01${'00'.repeat(11)}${'4d'.repeat(20)}`;
  const lines = keys.map((key) => `${key}:${credentials}:32000000000`);
  await run('mkdir', ['-p', genesisValidatorsFolder(folder)]);
  await writeFile(join(genesisValidatorsFolder(folder), 'ours.txt'), `${lines.join('\n')}\n`);
}

/** As if it had signed until the reset to this iteration: then it need not wait at the genesis. */
async function signedUntilNow({ root }: EphemeryHome, settings: DevnetSettings): Promise<void> {
  const paths = rootPaths(root);
  const { installation } = await openInstallation(paths, { random: systemRandom });
  const { fingerprint } = await new FileNodeStore(paths, 'home').keys(['main']);
  const endedAtMs = (settings.baseTimeSeconds + settings.periodSeconds) * 1_000;
  await new KeyOwners(paths.keys).write('main', {
    node: 'home',
    installation,
    signed: {
      genesisValidatorsRoot: `0x${'00'.repeat(32)}`,
      iteration: 0,
      keysFingerprint: fingerprint,
      startedAtMs: endedAtMs - 60_000,
      endedAtMs,
    },
  });
}

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
