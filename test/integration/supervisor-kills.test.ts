import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EphemeryHome, killIfThere, type SeenEvent } from '../support/ephemery-home.ts';

const preload = pathToFileURL(join(import.meta.dirname, '../support/die-at-journal.mjs')).href;
const devnet = ['up', '--network', 'devnet'];
const periodSeconds = 90;

let home: EphemeryHome;
/** Every process that ever worked on a chain folder of the node, by folder and layer. */
const workers = new Map<string, Set<number>>();
let mostAtOnce = 0;

beforeAll(async () => {
  home = await EphemeryHome.create();
});

afterAll(() => home?.close());

async function lookAtClients(): Promise<void> {
  const clients = await home.clients('home');
  for (const layer of ['execution', 'consensus']) {
    mostAtOnce = Math.max(mostAtOnce, clients.filter((client) => client.layer === layer).length);
  }
  for (const { pid, folder, layer } of clients) {
    const key = `${folder} ${layer}`;
    workers.set(key, (workers.get(key) ?? new Set()).add(pid));
  }
}

/**
 * Life after life, each killed at a record of a kind that none was killed at before, until one sees the end.
 * The kinds that lives ended at, in order.
 */
async function liveAndDie(
  moment: 'torn' | 'written',
  isEnd: (event: SeenEvent) => boolean,
): Promise<readonly string[]> {
  const list = join(home.folder, `died-at-${moment}.txt`);
  await writeFile(list, '');
  const journal = home.path('nodes', 'home', 'journal.ndjson');
  const env = { DIE_AT_JOURNAL: journal, DIE_AT_LIST: list, DIE_AT_MOMENT: moment };
  const settings = ['--slot', '1s', '--period', `${periodSeconds}s`];
  for (;;) {
    const life = home.start([...devnet, ...settings], { node: ['--import', preload], env });
    const seen = await Promise.race([life.event('end', isEnd).catch(() => undefined), life.ended]);
    await lookAtClients();
    if (seen !== undefined && 'type' in seen) {
      await life.stop('SIGKILL');
      return (await readFile(list, 'utf8')).trim().split('\n');
    }
    expect(await life.ended).toMatchObject({ signal: 'SIGKILL', stderr: '' });
    await lookAtClients();
  }
}

const isSeenProducing = ({ type, step }: SeenEvent) =>
  type === 'step.done' && /produce blocks/.test(String(step));

describe('our process, killed at each step of the journal and started again', () => {
  let kept: Readonly<Record<string, string>>;

  it('completes the first start', async () => {
    const kinds = await liveAndDie('written', isSeenProducing);
    expect(kinds).toEqual(expect.arrayContaining([...startMoments]));
    kept = await home.kept();
    expect(Object.keys(kept)).toEqual(
      expect.arrayContaining([home.path('nodes', 'home', 'secrets', 'jwt.hex')]),
    );
  });

  it('completes a reset', async () => {
    const kinds = await liveAndDie('torn', isSeenProducing);
    expect(kinds).toEqual(expect.arrayContaining([...stopMoments, ...startMoments]));
    expect(await home.kept()).toEqual(kept);
  });

  it('never had two clients of a kind, nor two that followed each other on one chain folder', () => {
    expect(mostAtOnce).toBe(1);
    for (const [key, pids] of workers) expect([key, pids.size]).toEqual([key, 1]);
    expect(workers.size).toBeGreaterThanOrEqual(4);
  });
});

describe('the local network, killed', () => {
  let home: EphemeryHome;
  beforeEach(async () => {
    home = await EphemeryHome.create();
  });
  afterEach(() => home?.close());

  it('is started again, takes over its producer, and the next reset goes live', async () => {
    const life = home.start(['up', '--network', 'devnet', '--slot', '1s', '--period', '40s']);
    await life.event('live network', ({ type }) => type === 'reset.live');
    const producers = await home.clients('producer');
    expect(producers.map(({ layer }) => layer).toSorted()).toEqual(['consensus', 'execution']);
    const service = (await home.processes()).filter(({ command }) => / devnet run /.test(command));
    expect(service).toHaveLength(1);
    for (const { pid } of service) killIfThere(pid);
    const exit = await life.event('exit', ({ type }) => type === 'devnet.exited');
    const again = await life.event('start', ({ type, seq }) => type === 'devnet.started' && seq > exit.seq);
    await life.event('reset', ({ type, cause, seq }) => {
      return type === 'reset.live' && cause === 'scheduled' && seq > again.seq;
    });
    expect((await life.stop('SIGINT')).code).toBe(0);
    expect(await home.processes()).toEqual([]);
  });
});

const startMoments = [
  'step.started begin the reset to N',
  'reset.started',
  'step.done begin the reset to N',
  'step.started prepare chains/N/execution.ethereumjs',
  'step.done prepare chains/N/execution.ethereumjs',
  'step.started start execution (ethereumjs) on N',
  'unit.starting execution',
  'unit.started execution',
  'step.started prove that execution is on N',
  'layer.proven execution',
  'step.started prepare chains/N/consensus.mayfly',
  'step.done prepare chains/N/consensus.mayfly',
  'step.started start consensus (mayfly) on N',
  'unit.starting consensus',
  'unit.started consensus',
  'step.started prove that consensus is on N',
  'layer.proven consensus',
  'step.started report the reset to N completed',
  'reset.completed',
  'step.started see N produce blocks',
  'reset.live',
] as const;

const stopMoments = [
  'step.started stop consensus: the network resets',
  'unit.stopped consensus',
  'step.started stop execution: the network resets',
  'unit.stopped execution',
] as const;
