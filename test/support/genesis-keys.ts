import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
import type { EphemeryHome } from './ephemery-home.ts';
import { freePort } from './free-port.ts';
import { publicKeyOfSeed, writeKeySet } from './key-sets.ts';

/** A node `home` of a network `own` whose genesis has the keys of the set `main`. */
export const configOfGenesisKeys = `version: 1
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
const slotsPerEpoch = 32;
const seeds = [51, 52];

export async function newGenesisKeysNetwork(): Promise<DevnetSettings> {
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
export async function prepareGenesisKeys({ root }: EphemeryHome, settings: DevnetSettings): Promise<void> {
  const paths = rootPaths(root);
  await prepareRoot(paths);
  await openLayout(paths);
  const keys = await writeKeySet(root, 'main', seeds);
  const folder = devnetFolder(root, 'own');
  await writeDevnetSettings(folder, settings);
  const credentials = `0x01${'00'.repeat(11)}${'4d'.repeat(20)}`;
  const lines = keys.map((key) => `${key}:${credentials}:32000000000`);
  await mkdir(genesisValidatorsFolder(folder), { recursive: true });
  await writeFile(join(genesisValidatorsFolder(folder), 'ours.txt'), `${lines.join('\n')}\n`);
}

/** As if it had signed until the reset to this iteration: then it need not wait at the genesis. */
export async function signedUntilNow({ root }: EphemeryHome, settings: DevnetSettings): Promise<void> {
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
      chainId: settings.baseChainId,
      keysFingerprint: fingerprint,
      startedAtMs: endedAtMs - 60_000,
      endedAtMs,
    },
  });
}

export function epochNow({
  baseTimeSeconds,
  periodSeconds,
  genesisDelaySeconds,
  slotSeconds,
}: DevnetSettings): number {
  const genesisSeconds = baseTimeSeconds + periodSeconds + genesisDelaySeconds;
  return Math.floor((Date.now() / 1_000 - genesisSeconds) / (slotSeconds * slotsPerEpoch));
}

/** Whether our keys were at work in the epoch of now. */
export async function genesisKeysSign(settings: DevnetSettings): Promise<boolean> {
  const indices = await indicesOf(settings);
  if (indices.length === 0) return false;
  const answer = await fetch(`${producerApiUrl(settings)}/eth/v1/validator/liveness/${epochNow(settings)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(indices),
  }).catch(() => undefined);
  if (answer?.ok !== true) return false;
  const { data } = (await answer.json()) as { data: readonly { is_live: boolean }[] };
  return data.some(({ is_live: isLive }) => isLive);
}

/** Ours come behind those of the network itself. None while nobody answers. */
async function indicesOf(settings: DevnetSettings): Promise<readonly string[]> {
  const ids = seeds.map(publicKeyOfSeed).join(',');
  const url = `${producerApiUrl(settings)}/eth/v1/beacon/states/head/validators?id=${ids}`;
  const answer = await fetch(url).catch(() => undefined);
  if (answer?.ok !== true) return [];
  const { data } = (await answer.json()) as { data: readonly { index: string }[] };
  if (data.length !== seeds.length) throw new Error('the genesis has not our keys');
  return data.map(({ index }) => index);
}

/** The validator clients that run for a root. */
export async function signersOf(home: EphemeryHome) {
  return (await home.processes()).filter(({ command }) => command.includes('mayfly-validator'));
}
