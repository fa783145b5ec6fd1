import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RootReport } from '../../src/operations/control/reports.ts';
import { fencedBlocks, projectRoot, readMarkdown } from '../docs/markdown.ts';
import { until } from '../support/mayfly-process.ts';

const page = 'docs/how-to/validator-keys-on-the-devnet.md';
const run = promisify(execFile);

interface Listed {
  readonly pubkey: string;
  readonly nextGenesis: { readonly index?: number };
  readonly thisGenesis: { readonly index?: number };
  readonly state?: { readonly status: string; readonly index?: number };
}

interface Head {
  readonly genesisRoot: string;
  readonly slot: number;
}

/** The page's own blocks, in the order of the page; what they claim is asked of the network's own beacon node. */
describe('the life of validator keys on a local network', () => {
  const blocks = fencedBlocks(page, readMarkdown(page));
  let folder: string;
  let home: string;
  let api: string;
  let keys: readonly string[];
  let indices: readonly number[];

  const environment = () => ({ PATH: `${folder}:${process.env.PATH}`, HOME: folder, EPHEMERY_HOME: home });
  const step = async (name: string): Promise<string> => {
    const block = blocks.find(({ info }) => info === `sh journey ${name}`);
    if (block === undefined) throw new Error(`the page has no step ${name}`);
    const { stdout } = await run('sh', ['-e', '-c', block.text], { cwd: folder, env: environment() });
    return stdout;
  };
  const ephemery = async <T>(...args: readonly string[]): Promise<T> => {
    const { stdout } = await run(join(folder, 'ephemery'), [...args, '--json'], {
      cwd: folder,
      env: environment(),
    });
    return JSON.parse(stdout) as T;
  };
  const ask = async <T>(path: string, body?: unknown): Promise<T | undefined> => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const answer = await fetch(`${api}${path}`, body === undefined ? {} : init).catch(() => undefined);
    return answer?.ok === true ? ((await answer.json()) as { data: T }).data : undefined;
  };
  const listed = async () =>
    (await ephemery<{ keys: readonly Listed[] }>('keys', 'list', '--network', 'rehearsal')).keys;
  const head = async (): Promise<Head | undefined> => {
    const genesis = await ask<{ genesis_validators_root: string }>('/eth/v1/beacon/genesis');
    const syncing = await ask<{ head_slot: string }>('/eth/v1/node/syncing');
    if (genesis === undefined || syncing === undefined) return undefined;
    return { genesisRoot: genesis.genesis_validators_root, slot: Number(syncing.head_slot) };
  };
  const live = async (epoch: number) =>
    (
      (await ask<readonly { index: string; is_live: boolean }[]>(
        `/eth/v1/validator/liveness/${epoch}`,
        indices.map(String),
      )) ?? []
    ).flatMap(({ index, is_live: isLive }) => (isLive ? [Number(index)] : []));
  /** Slots of blocks that our keys made. */
  const proposed = async (upTo: number) => {
    const found: number[] = [];
    for (let slot = 1; slot <= upTo; slot++) {
      const block = await ask<{ message: { proposer_index: string } }>(`/eth/v2/beacon/blocks/${slot}`);
      if (block !== undefined && indices.includes(Number(block.message.proposer_index))) found.push(slot);
    }
    return found;
  };
  /** So many keys attest in the iteration after the given one; says which that is. */
  const attestingAfter = async (before: string, atLeast: number): Promise<string> => {
    let now: Head | undefined;
    await until(async () => {
      now = await head();
      return now !== undefined && now.genesisRoot !== before && now.slot > 0;
    }, 300_000);
    // A machine that is busy misses a vote now and then; over two epochs nobody is left out.
    const seen = new Set<number>();
    await until(async () => {
      for (const index of [...(await live(0)), ...(await live(1))]) seen.add(index);
      return seen.size >= atLeast;
    }, 90_000);
    return now?.genesisRoot ?? '';
  };
  /** The node waits until nobody else was seen signing with its keys. */
  const isWatching = async (node: string) =>
    (
      await ephemery<{
        nodes: readonly { name: string; findings: readonly { code: string }[] }[];
      }>('status')
    ).nodes.some(
      ({ name, findings }) =>
        name === node && findings.some(({ code }) => code === 'EPH-VALIDATORS-WATCHING'),
    );
  /** How each key stands by the page of its node. */
  const standings = async (node: string) => {
    const { nodes } = await ephemery<RootReport>('status');
    return nodes.find(({ name }) => name === node)?.keys?.list ?? [];
  };
  /** The Keymanager API of the first node's validator client: what a path says, or takes. */
  const keymanager = async (path: string, told?: unknown) => {
    const of = (name: string) => readFile(join(home, 'nodes/home', name), 'utf8');
    const ports = JSON.parse(await of('ports.json')) as Record<string, number>;
    const headers = {
      authorization: `Bearer ${await of('secrets/keymanager-token')}`,
      'content-type': 'application/json',
    };
    const post = told === undefined ? {} : { method: 'POST', body: JSON.stringify(told) };
    const url = `http://127.0.0.1:${ports['validator.keymanager']}/eth/v1/validator/${keys[0]}/${path}`;
    const answer = await fetch(url, { headers, ...post });
    expect(answer.ok).toBe(true);
    return told === undefined ? ((await answer.json()) as { data: unknown }).data : undefined;
  };
  const signers = async (node: string) =>
    (
      await ephemery<{ nodes: readonly { node: string; keys: readonly { key: string }[] }[] }>(
        'validators',
        'keys',
        node,
      )
    ).nodes.flatMap((each) => each.keys.map(({ key }) => key));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ephemery-journey-'));
    home = join(folder, 'home');
    const shim = join(folder, 'ephemery');
    const program = join(projectRoot, 'dist/app/main.js');
    await writeFile(shim, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    await chmod(shim, 0o755);
    const config = blocks.find(({ info }) => info === 'yaml ephemery.yaml')?.text ?? '';
    await writeFile(join(folder, 'ephemery.yaml'), config);
  });
  afterAll(async () => {
    await run(join(folder, 'ephemery'), ['down'], { cwd: folder, env: environment() }).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  });

  it('begins with new keys and a network that has them not', async () => {
    await step('make');
    await step('genesis');
    const { devnets } = await ephemery<{ devnets: readonly { beaconUrl: string }[] }>('status');
    api = devnets[0]?.beaconUrl ?? '';
    keys = (await listed()).map(({ pubkey }) => pubkey);
    expect(keys).toHaveLength(6);
    await until(async () => ((await head())?.slot ?? 0) > 0, 90_000);
    expect((await listed()).map(({ state }) => state)).toEqual(keys.map(() => ({ status: 'absent' })));
  }, 120_000);

  it('has them in the next genesis, at indices that stay', async () => {
    let next: readonly number[] = [];
    await until(async () => {
      next = (await listed()).flatMap(({ nextGenesis }) => nextGenesis.index ?? []);
      return next.length === keys.length;
    }, 240_000);
    indices = [...next].sort((a, b) => a - b);
    const [first = 0] = indices;
    expect(first).toBeGreaterThanOrEqual(64);
    expect(indices).toEqual(keys.map((_, at) => first + at));
    // The node's own page says the same; it looks at the disk again in its own time.
    await until(async () => {
      const told = await standings('home');
      return told.every(({ nextGenesis }) => nextGenesis.included === true);
    }, 30_000);
  }, 240_000);

  let iteration = '';

  it('attests and proposes with them after the reset, and after two more', async () => {
    iteration = (await head())?.genesisRoot ?? '';
    iteration = await attestingAfter(iteration, indices.length);
    expect(await step('list')).toContain('active_ongoing');
    const inGenesis = (await listed()).map(({ thisGenesis }) => thisGenesis.index ?? -1);
    expect(inGenesis.sort((a, b) => a - b)).toEqual(indices);
    const told = await standings('home');
    expect(told.map(({ state, thisGenesis }) => [state, thisGenesis.included])).toEqual(
      keys.map(() => ['active', true]),
    );
    await keymanager('graffiti', { graffiti: 'told over the API' });
    await until(async () => (await proposed((await head())?.slot ?? 0)).length > 0, 120_000);
    iteration = await attestingAfter(iteration, indices.length);
    // Of the last one there must be enough left for what follows.
    iteration = await attestingAfter(iteration, 2);
    // What the configuration says of a key comes back by itself, and so does what its owner told the client.
    expect(await keymanager('feerecipient')).toMatchObject({
      ethaddress: expect.stringMatching(/^0x4d496ccc28058b1d74b7a19541663e21154f9c84$/i),
    });
    expect(await keymanager('graffiti')).toMatchObject({ graffiti: 'told over the API' });
  }, 900_000);

  it('gets them back from a backup, and signs with them again', async () => {
    await step('backup');
    const before = await keyFiles(join(home, 'keys/main'));
    await step('lose');
    expect(await readdir(join(home, 'keys'))).not.toContain('main');
    await step('restore');
    expect(await keyFiles(join(home, 'keys/main'))).toEqual(before);
    expect((await listed()).map(({ pubkey }) => pubkey)).toEqual(keys);
    // Two quiet epochs; those of the next iteration when it comes between.
    let watched = false;
    await until(async () => {
      watched ||= await isWatching('home');
      return (await signers('home').catch(() => [])).length === keys.length;
    }, 300_000);
    expect(watched).toBe(true);
  }, 400_000);

  it('moves them; the first node has them no more, and none was slashed', async () => {
    const moved = await step('move');
    expect(moved).toContain('main moved from home to second');
    await until(async () => (await signers('second').catch(() => [])).length === keys.length, 150_000);
    expect(await signers('home')).toEqual([]);
    let states: readonly { validator: { slashed: boolean } }[] | undefined;
    // Between two iterations the network's own beacon node is away for a while.
    await until(async () => {
      states = await ask(`/eth/v1/beacon/states/head/validators?id=${indices.join(',')}`);
      return states !== undefined;
    }, 60_000);
    expect(states?.map(({ validator }) => validator.slashed)).toEqual(keys.map(() => false));
  }, 400_000);

  it('exits one of them, signed by the running client', async () => {
    // Neither too early in an iteration for an exit, nor at its very end.
    await until(async () => {
      const slot = (await head())?.slot ?? 0;
      return slot >= 66 && slot <= 140;
    }, 240_000);
    // Without the passwords nobody can open the keystores here: the client that has the keys signs, over its API.
    await rm(join(home, 'keys/main/secrets'), { recursive: true });
    expect(await step('exit')).toContain('signed by the validator client of second');
    await until(
      async () => (await listed()).some(({ state }) => /exiting|exited/.test(state?.status ?? '')),
      60_000,
    );
    await until(
      async () => (await standings('second')).some(({ state }) => /exiting|exited/.test(state)),
      30_000,
    );
    expect(await step('end')).not.toBe('');
  }, 400_000);
});

/** What lies in the keystores and secrets of a set, by name. */
async function keyFiles(set: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const part of ['keystores', 'secrets'])
    for (const name of (await readdir(join(set, part))).sort())
      found.set(`${part}/${name}`, await readFile(join(set, part, name), 'utf8'));
  return found;
}
