import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { networkServices } from '../../../test/support/network-services.ts';
import { devnetFolder, writeDevnetSettings } from '../devnet/devnet-file.ts';
import { newDevnetSettings } from '../devnet/devnet-settings.ts';
import { unmadeNetwork } from './known-network.ts';
import { showNetwork } from './show-network.ts';

// Between T of iteration 166 and its genesis.
const nowMs = 1_795_114_900_000;
const definition = 'name: mine\nbaseTimeSeconds: 1795000000\nbaseChainId: 900\nperiodSeconds: 86400\n';
let services: Awaited<ReturnType<typeof networkServices>>;

beforeEach(async () => {
  services = await networkServices(nowMs);
  await writeFile(join(services.folder, 'mine.yaml'), definition);
});

afterEach(() => services.remove());

const node = (network: string) =>
  `network: ${network}, runtime: process, execution: { client: ethereumjs }, consensus: { client: mayfly }`;

function writeConfig(...networks: readonly string[]): Promise<void> {
  const nodes = networks.map((network, index) => `  n${index}: { ${node(network)} }\n`).join('');
  const text = `version: 1\nnetworks: { declared: { file: ./mine.yaml } }\nnodes:\n${nodes}`;
  return writeFile(join(services.folder, 'ephemery.yaml'), text);
}

describe('which network is meant', () => {
  it('is the public one where nothing is said or configured', async () => {
    expect(await showNetwork(services, {})).toMatchObject({
      definition: { name: 'ephemery' },
      current: { iteration: 166, tag: 'ephemery-166', chainId: 39_438_166, startSeconds: 1_795_114_800 },
      next: { iteration: 167, startSeconds: 1_797_534_000, genesisSeconds: 1_797_534_600 },
      leftSeconds: 2_419_100,
      nextPublishedFromSeconds: 1_797_526_800,
    });
  });

  it('is the one that all nodes of the configuration are on', async () => {
    await writeConfig('declared', 'declared');
    expect(await showNetwork(services, {})).toMatchObject({
      definition: { name: 'declared', baseChainId: 900, releaseTagPrefix: 'mine-' },
      current: { iteration: 1, chainId: 901 },
    });
    expect((await showNetwork(services, { network: 'ephemery' })).definition.name).toBe('ephemery');
  });

  it('must be said where nodes are on several', async () => {
    await writeConfig('declared', 'ephemery');
    await expect(showNetwork(services, {})).rejects.toMatchObject({
      code: 'EPH-NETWORK-SEVERAL',
      facts: { networks: ['declared', 'ephemery'] },
    });
  });

  it('may be a definition’s file', async () => {
    const { definition: read } = await showNetwork(services, { network: './mine.yaml' });
    expect(read).toMatchObject({ name: 'mine', baseChainId: 900 });
  });

  it('is told by its name alone while it is a local one that was never made', async () => {
    await writeConfig('devnet', 'devnet');
    expect(await unmadeNetwork(services, {})).toBe('devnet');
    expect(await unmadeNetwork(services, { network: 'ephemery' })).toBeUndefined();
    await writeConfig('ephemery', 'ephemery');
    await expect(unmadeNetwork(services, { network: 'devnet' })).rejects.toMatchObject({
      code: 'EPH-FLEET-NO-DEVNET',
    });
  });

  it('may be a local network of this root, with the node that its followers ask', async () => {
    await expect(showNetwork(services, { network: 'devnet' })).rejects.toMatchObject({
      code: 'EPH-FLEET-NO-DEVNET',
    });
    const ports = { releaser: 4001, api: 4002, rpc: 4003, engine: 4004, p2p: 4005 };
    const settings = newDevnetSettings({ name: 'devnet', seed: 's', nowMs, ports, periodSeconds: 120 });
    await writeDevnetSettings(devnetFolder(services.paths.root, 'devnet'), settings);
    expect(await showNetwork(services, { network: 'devnet' })).toMatchObject({
      current: { iteration: 1 },
      leftSeconds: 120,
      followUrl: 'http://127.0.0.1:4002',
    });
  });

  it('may be a declared one that is simulated, with the producer that its followers ask', async () => {
    const networks = '{ declared: { file: ./mine.yaml, follow: "http://10.0.0.7:5052" } }';
    const text = `version: 1\nnetworks: ${networks}\nnodes:\n  n0: { ${node('declared')} }\n`;
    await writeFile(join(services.folder, 'ephemery.yaml'), text);
    expect(await showNetwork(services, {})).toMatchObject({
      definition: { name: 'declared' },
      followUrl: 'http://10.0.0.7:5052',
    });
    expect((await showNetwork(services, { network: 'mine.yaml' })).followUrl).toBeUndefined();
  });

  it('is none of a name that nobody gave', async () => {
    await writeConfig('declared');
    await expect(showNetwork(services, { network: 'other' })).rejects.toMatchObject({
      code: 'EPH-FLEET-NO-NETWORK',
    });
  });
});

it('a network that has not begun has no current iteration', async () => {
  const future = definition.replace('1795000000', '1795200000');
  await writeFile(join(services.folder, 'mine.yaml'), future);
  const report = await showNetwork(services, { network: './mine.yaml' });
  expect(report).toMatchObject({ next: { iteration: 0 }, leftSeconds: 85_100 });
  expect(report).not.toHaveProperty('current');
});
