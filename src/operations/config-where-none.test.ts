import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mayfly } from '../core/clients/consensus/mayfly.ts';
import { nimbus } from '../core/clients/consensus/nimbus.ts';
import { ethereumjs } from '../core/clients/execution/ethereumjs.ts';
import { reth } from '../core/clients/execution/reth.ts';
import { bindConfig } from '../storage/files/config-binding.ts';
import { rootPaths } from '../storage/files/root-paths.ts';
import { writeConfigWhereNone } from './config-where-none.ts';
import { effectiveConfig } from './effective-config.ts';

let folder: string;
let engine: boolean;
let asked: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-first-'));
  [engine, asked] = [false, 0];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function services() {
  const host = {
    env: {},
    platform: process.platform,
    workingDirectory: folder,
    program: ['e'],
    version: '0',
  };
  const engineAnswers = async () => {
    asked += 1;
    return engine;
  };
  const runtimeIds = ['process', 'container'];
  return {
    clients: [reth, nimbus, ethereumjs, mayfly],
    refusedClients: [],
    host,
    paths: rootPaths(join(folder, 'root')),
    runtimeIds,
    engineAnswers,
  };
}

const home = async () => (await effectiveConfig(services(), {})).config.nodes.home;

describe('`up --network` where there is a configuration', () => {
  it('is told which one it is, and that nothing was begun', async () => {
    await writeFile(join(folder, 'ephemery.yaml'), 'version: 1\n');
    await expect(effectiveConfig(services(), { network: 'devnet' })).rejects.toMatchObject({
      code: 'EPH-CONFIG-HERE',
      facts: { file: expect.stringMatching(/ephemery\.yaml$/), network: 'devnet' },
    });
  });
});

describe('`up` where there is no configuration', () => {
  it('begins on the public network with clients that few run, as programs', async () => {
    await writeConfigWhereNone(services(), {});
    expect(await home()).toMatchObject({
      network: 'ephemery',
      runtime: 'process',
      execution: { client: 'reth' },
      consensus: { client: 'nimbus' },
    });
  });

  it('takes containers where an engine answers, and never chooses again', async () => {
    engine = true;
    const first = await writeConfigWhereNone(services(), { network: 'ephemery' });
    expect(first?.file).toBe(join(folder, 'ephemery.yaml'));
    engine = false;
    expect(await writeConfigWhereNone(services(), {})).toBeUndefined();
    expect((await home())?.runtime).toBe('container');
    expect(asked).toBe(1);
  });

  it('writes nothing for a local network, nor where a file is named', async () => {
    expect(await writeConfigWhereNone(services(), { network: 'devnet' })).toBeUndefined();
    expect(await writeConfigWhereNone(services(), { config: 'mine.yaml' })).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });

  it('goes on with what the root serves', async () => {
    const { paths } = services();
    await mkdir(paths.root);
    await bindConfig(paths, 'built-in:devnet');
    expect(await writeConfigWhereNone(services(), {})).toBeUndefined();
    expect(await readdir(folder)).toEqual(['root']);
  });

  it('leaves a file that cannot be used as it is, and says what is wrong', async () => {
    const file = join(folder, 'ephemery.yaml');
    await writeFile(file, 'version: 1\n');
    await expect(writeConfigWhereNone(services(), {})).rejects.toMatchObject({ code: 'EPH-CONFIG-INVALID' });
    expect(await readFile(file, 'utf8')).toBe('version: 1\n');
  });
});

it('settings of a local network are refused where the public one would be begun, and nothing is written', async () => {
  const wish = { devnet: { slotSeconds: 1, periodSeconds: 120 } };
  await expect(writeConfigWhereNone(services(), wish)).rejects.toMatchObject({
    code: 'EPH-DEVNET-NOT-MEANT',
    facts: { options: ['--slot', '--period'] },
  });
  expect(await readdir(folder)).toEqual([]);
});
