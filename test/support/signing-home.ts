import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { portInUse } from '../../src/base/port-holder.ts';
import type { SignedMark } from '../../src/core/clients/client.ts';
import { mayflyMarks } from '../../src/core/clients/programs/mayfly-marks.ts';
import type { PublicKey } from '../../src/core/keys/public-key.ts';
import { gvr8, identityName } from '../../src/core/network/identity.ts';
import type { JournalState } from '../../src/core/node/journal-state.ts';
import {
  devnetFolder,
  genesisValidatorsFolder,
  writeDevnetSettings,
} from '../../src/operations/devnet/devnet-file.ts';
import { newDevnetSettings, producerApiUrl } from '../../src/operations/devnet/devnet-settings.ts';
import { ChainSigners } from './chain-signers.ts';
import { journalOf } from './deadly-lives.ts';
import { EphemeryHome } from './ephemery-home.ts';
import { writeKeySet } from './key-sets.ts';

const configText = (periodSeconds: number) => `version: 1
networks:
  own: { devnet: { slot: 1s, period: ${periodSeconds}s, validators: 64 } }
nodes:
  home:
    network: own
    execution: { client: ethereumjs }
    consensus: { client: mayfly }
    validator: { client: mayfly, keySets: [main] }
keySets:
  main: { feeRecipient: "0x${'fe'.repeat(20)}" }
hooks:
  - on: [reset.completed, reset.live]
    command: [sh, -c, "cat >> hooks.txt; echo >> hooks.txt"]
retention: { chains: 0 }
`;

const credentials = `0x01${'00'.repeat(11)}${'cc'.repeat(20)}`;
/** As soon as the network's own clients are up; the default is more than twice that. */
const genesisDelaySeconds = 8;

/**
 * A node with a validator client, with hooks, that keeps no old chain: everything that a journal can have to tell of a reset.
 * Its keys are in no genesis unless they are placed there, so that it begins at once.
 */
export class SigningHome {
  readonly home: EphemeryHome;
  readonly keys: readonly PublicKey[];
  readonly up: readonly string[];
  /** What the networks saw of the keys. */
  readonly signers: ChainSigners;
  private readonly keyFiles: Readonly<Record<string, string>>;
  private readonly placed: string;
  private arePlaced = false;
  /** Every process that ever worked on a folder of the node, by that folder. */
  private readonly workers = new Map<string, Set<number>>();
  private chainsSeen: readonly string[] = [];
  /** Files of slashing protection of networks that were over, by path. */
  private readonly kept = new Map<string, string>();

  static async create(periodSeconds: number): Promise<SigningHome> {
    const home = await EphemeryHome.create();
    await writeFile(join(home.folder, 'ephemery.yaml'), configText(periodSeconds));
    const keys = await writeKeySet(home.root, 'main', [41, 42, 43, 44, 45, 46]);
    const api = await makeDevnet(home.root, periodSeconds);
    const signers = new ChainSigners(api, keys);
    return new SigningHome(home, { keys, keyFiles: await filesUnder(home.path('keys', 'main')), signers });
  }

  private constructor(
    home: EphemeryHome,
    {
      keys,
      keyFiles,
      signers,
    }: Pick<SigningHome, 'keys' | 'signers'> & { keyFiles: Readonly<Record<string, string>> },
  ) {
    this.home = home;
    this.keys = keys;
    this.signers = signers;
    this.keyFiles = keyFiles;
    this.placed = join(genesisValidatorsFolder(devnetFolder(home.root, 'own')), 'ours.txt');
    this.up = ['up', '--config', join(home.folder, 'ephemery.yaml')];
  }

  /** Nothing is left to be done on the network that the node is on. */
  async isSettled({ reset, hooksDue, harvested, loaded, runs }: JournalState): Promise<boolean> {
    if (reset?.liveAtMs === undefined || hooksDue.length > 0) return false;
    const here = identityName(reset.identity);
    const isHarvested = harvested.filter(({ folder }) => folder === here).length === 2;
    // That of the network before stays in the journal when we were killed between its end and the record of that.
    const run = runs.validator?.identity === here ? runs.validator : undefined;
    const isLoaded = run !== undefined && loaded?.token === run.handle.token;
    return isHarvested && isLoaded && (await this.home.chains()).join() === here;
  }

  /**
   * Whether it is settled now. Keys that are active wait for two quiet epochs unless the node signed until the network before
   * ended: so they are put into the next genesis while it is settled, and kept out of it while it is on its way.
   */
  async isSettledForNext(): Promise<boolean> {
    await this.signers.look();
    const isSettled = await this.isSettled(await journalOf(this.home));
    if (isSettled !== this.arePlaced) await (isSettled ? this.placeKeys() : rm(this.placed));
    this.arePlaced = isSettled;
    return isSettled;
  }

  private async placeKeys(): Promise<void> {
    await mkdir(dirname(this.placed), { recursive: true });
    const lines = this.keys.map((key) => `${key}:${credentials}:32000000000\n`);
    await writeFile(this.placed, lines.join(''));
  }

  /** What must be so at any moment, our own process dead or alive. */
  readonly look = async (): Promise<void> => {
    const state = await journalOf(this.home);
    await this.lookAtProcesses();
    await this.lookAtChains(state);
    await this.lookAtProtection(state);
    await this.lookAtSignatures();
  };

  private async lookAtProcesses(): Promise<void> {
    const working = /--data-?[dD]ir=\S+\/nodes\/home\/(?:chains|protection)\/(\S+)/;
    const atWork = (await this.home.processes()).flatMap(({ pid, command }) => {
      const folder = working.exec(command)?.[1];
      return folder === undefined ? [] : [{ pid, folder, layer: layerOf(folder) }];
    });
    for (const { pid, folder } of atWork)
      this.workers.set(folder, (this.workers.get(folder) ?? new Set()).add(pid));
    const layers = atWork.map(({ layer }) => layer);
    expect(layers, JSON.stringify(atWork)).toEqual([...new Set(layers)]);
    // Nor two that followed each other: what ran when we were killed is taken over.
    for (const [folder, pids] of this.workers) expect([folder, pids.size]).toEqual([folder, 1]);
  }

  /** Of the network before, the data stay until its successor is live; of this one, always. */
  private async lookAtChains({ reset, adopted, runs }: JournalState): Promise<void> {
    const there = await this.home.chains().catch((): readonly string[] => []);
    const needed = adopted.slice(reset?.liveAtMs === undefined ? -2 : -1).map(identityName);
    const gone = this.chainsSeen.filter((folder) => !there.includes(folder));
    for (const folder of gone) expect(needed).not.toContain(folder);
    for (const layer of ['execution', 'consensus'] as const) {
      const run = runs[layer];
      if (run !== undefined) expect(there).toContain(run.folder);
    }
    this.chainsSeen = there;
  }

  /** What was signed on a network that is over stays as it was. */
  private async lookAtProtection({ adopted }: JournalState): Promise<void> {
    const there = await filesUnder(this.home.path('nodes', 'home', 'protection'));
    const here = gvr8(adopted.at(-1)?.genesisValidatorsRoot ?? '0x');
    const opened = Object.keys(there).some((path) => path.includes(`/protection/${here}/`));
    for (const [path, text] of this.kept) expect([path, there[path]]).toEqual([path, text]);
    for (const [path, text] of Object.entries(there))
      if (opened && !path.includes(`/protection/${here}/`)) this.kept.set(path, text);
  }

  /** What must be so in the end, with our own process dead and the node up. */
  async expectWhole(): Promise<void> {
    const { reset, runs, adopted } = await journalOf(this.home);
    const { home, keys } = this;
    const [, ...config] = this.up;
    const { nodes } = (await home.ask('validators', 'keys', 'home', ...config)) as {
      nodes: readonly { keys: readonly { key: string }[]; missing: readonly string[] }[];
    };
    expect(nodes).toHaveLength(1);
    expect(nodes[0]?.keys.map(({ key }) => key).toSorted()).toEqual([...keys].toSorted());
    const set = home.path('keys', 'main');
    const { [join(set, 'owner.json')]: owner, [join(set, 'told.json')]: _, ...files } = await filesUnder(set);
    expect(files).toEqual(this.keyFiles);
    const root = reset?.identity.genesisValidatorsRoot;
    expect(JSON.parse(owner ?? '{}')).toMatchObject({
      node: 'home',
      signed: { genesisValidatorsRoot: root },
    });
    expect(Object.keys(runs).toSorted()).toEqual(['consensus', 'execution', 'validator']);
    const roots = adopted.map(({ genesisValidatorsRoot }) => gvr8(genesisValidatorsRoot));
    for (const each of await readdir(home.path('nodes', 'home', 'protection'))) {
      expect(roots).toContain(each);
      expect(await readdir(home.path('nodes', 'home', 'protection', each))).toEqual(['mayfly-1']);
    }
    await this.expectHooked();
  }

  private async expectHooked(): Promise<void> {
    const { reset } = await journalOf(this.home);
    const told = (await readFile(join(this.home.folder, 'hooks.txt'), 'utf8')).split('\n');
    for (const type of ['reset.completed', 'reset.live']) {
      const here = `"iteration":${reset?.identity.iteration},`;
      expect(told.filter((line) => line.includes(`"type":"${type}"`) && line.includes(here))).not.toEqual([]);
    }
  }

  /** Whether the network that the node is on saw a key of it sign. */
  async hasSigned(): Promise<boolean> {
    const { reset } = await journalOf(this.home);
    return this.signers.seen.has(reset?.identity.genesisValidatorsRoot ?? '');
  }

  /** What of the node's own outlives every network as it is. */
  async keptFiles(): Promise<Readonly<Record<string, string>>> {
    const all = Object.entries(await this.home.kept());
    return Object.fromEntries(all.filter(([path]) => !path.includes('/protection/')));
  }

  /** Every key that a network saw signing is remembered by what the node keeps of that network. */
  private async lookAtSignatures(): Promise<void> {
    for (const [root, signed] of this.signers.seen) {
      const remembered = await this.marksIn(`${gvr8(root)}/mayfly-1`);
      expect([...remembered.keys()]).toEqual(expect.arrayContaining([...signed]));
    }
  }

  /** What a store of slashing protection remembers, by key. */
  async marksIn(store: string): Promise<ReadonlyMap<PublicKey, SignedMark>> {
    const read = (name: string) =>
      readFile(this.home.path('nodes', 'home', 'protection', store, name), 'utf8').catch(() => '');
    // The log is folded into the other file and then emptied: read first, nothing of it is missed.
    const log = await read('slashing-protection.log');
    return mayflyMarks([log, await read('slashing-protection.json')]) ?? new Map();
  }

  /** Networks that are over, and whose slashing protection was seen to stay as it was. */
  get networksKept(): number {
    return new Set([...this.kept.keys()].map((path) => path.split('/protection/')[1]?.slice(0, 8))).size;
  }

  async expectDown(): Promise<void> {
    const [, ...config] = this.up;
    expect(await this.home.run('down', ...config)).toMatchObject({ code: 0 });
    expect(await this.home.processes()).toEqual([]);
  }
}

/** The address of its beacon node. */
async function makeDevnet(root: string, periodSeconds: number): Promise<string> {
  const ports: number[] = [];
  for (let port = 20_000; ports.length < 5; port += 1) if (!(await portInUse(port))) ports.push(port);
  const [releaser = 0, api = 0, rpc = 0, engine = 0, p2p = 0] = ports;
  const settings = newDevnetSettings({
    name: 'own',
    seed: 'killed',
    nowMs: Date.now(),
    ports: { releaser, api, rpc, engine, p2p },
    slotSeconds: 1,
    validators: 64,
    periodSeconds,
    genesisDelaySeconds,
  });
  await writeDevnetSettings(devnetFolder(root, 'own'), settings);
  return producerApiUrl(settings);
}

function layerOf(folder: string): string {
  return /\/(execution|consensus)\./.exec(folder)?.[1] ?? 'validator';
}

async function filesUnder(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: Record<string, string> = {};
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    // A client that signs puts another in its place meanwhile.
    const text = entry.isFile() ? await readFile(path, 'utf8').catch(unlessGone) : undefined;
    if (text !== undefined) files[path] = text;
  }
  return files;
}

function unlessGone(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause;
}
