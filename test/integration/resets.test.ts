import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  EphemeryHome,
  type Finished,
  type RunningEphemery,
  type SeenEvent,
} from '../support/ephemery-home.ts';

const slotSeconds = 1;
const periodSeconds = 60;
const hash = /^0x[0-9a-f]{64}$/;

interface Timing {
  readonly step: string;
  readonly durationMs: number;
  readonly spentOn: string;
}

let home: EphemeryHome;
let first: RunningEphemery;
let firstEnd: Finished;
/** What the clients themselves said when iteration 2 was told to be live. */
let said: Readonly<Record<string, unknown>>;

async function rpc(url: string, method: string, ...params: unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return ((await response.json()) as { result: unknown }).result;
}

async function askClients(): Promise<Readonly<Record<string, unknown>>> {
  const ports = (await home.json('nodes', 'home', 'ports.json')) as Record<string, number>;
  const execution = `http://127.0.0.1:${ports['execution.rpc']}`;
  const genesis = await fetch(`http://127.0.0.1:${ports['consensus.api']}/eth/v1/beacon/genesis`);
  const { data } = (await genesis.json()) as { data: { genesis_validators_root: string } };
  const block = (await rpc(execution, 'eth_getBlockByNumber', '0x0', false)) as { hash: string };
  return {
    chainId: Number(await rpc(execution, 'eth_chainId')),
    executionGenesisHash: block.hash,
    genesisValidatorsRoot: data.genesis_validators_root,
  };
}

const scheduled = (type: string) =>
  first.events.filter((event) => event.type === type && event.cause === 'scheduled');

beforeAll(async () => {
  home = await EphemeryHome.create();
  const network = ['--network', 'devnet', '--slot', `${slotSeconds}s`, '--period', `${periodSeconds}s`];
  first = home.start(['up', ...network, '--until-resets', '2']);
  await first.event('live iteration 2', ({ type, iteration }) => type === 'reset.live' && iteration === 2);
  said = await askClients();
  firstEnd = await first.ended;
});

afterAll(() => home?.close());

describe('up --until-resets 2', () => {
  it('ends with code 0 after two resets that went live', () => {
    expect(firstEnd).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(scheduled('reset.live').map(({ iteration }) => iteration)).toEqual([2, 3]);
    expect(first.events.at(-1)?.type).toBe('supervisor.ended');
  });

  it.each(['reset.completed', 'reset.live'])(
    'tells with %s where the node went and how long it took',
    async (type) => {
      const { baseChainId } = (await home.json('devnets', 'devnet', 'devnet.json')) as {
        baseChainId: number;
      };
      const told = scheduled(type);
      expect(told.map(({ iteration }) => iteration)).toEqual([2, 3]);
      for (const event of told) {
        const iteration = Number(event.iteration);
        expect(event).toMatchObject({
          node: 'home',
          chainId: baseChainId + iteration,
          previousIteration: iteration - 1,
          genesisValidatorsRoot: expect.stringMatching(hash),
          executionGenesisHash: expect.stringMatching(hash),
        });
        expectTimings(event);
      }
      for (const fact of ['genesisValidatorsRoot', 'executionGenesisHash']) {
        expect(new Set(first.events.filter((e) => e.type === type).map((e) => e[fact])).size).toBe(3);
      }
    },
  );

  it('tells what the clients themselves say', () => {
    const [live] = scheduled('reset.live');
    expect(live).toMatchObject(said);
  });

  it('leaves nothing running, and keeps identity, secrets and journal', async () => {
    expect(await home.processes()).toEqual([]);
    const kept = await home.kept();
    expect(kept[home.path('nodes', 'home', 'secrets', 'jwt.hex')]).toMatch(/^[0-9a-f]{64}$/);
    const journal = await readFile(home.path('nodes', 'home', 'journal.ndjson'), 'utf8');
    for (const iteration of [1, 2, 3]) expect(journal).toContain(`"iteration":${iteration},`);
  });

  it('gives every identity a directory of its own', async () => {
    const iterations = (await home.chains()).map((folder) => Number(folder.split('-')[0]));
    expect(iterations).toEqual(expect.arrayContaining([2, 3]));
    expect(new Set(iterations).size).toBe(iterations.length);
  });
});

describe('up once more on the same home', () => {
  it('goes on with the same network on the iteration of the clock, and collects old chain data', async () => {
    const before = await home.kept();
    const settings = await readFile(home.path('devnets', 'devnet', 'devnet.json'), 'utf8');
    const again = home.start(['up', '--network', 'devnet']);
    const started = await again.event('devnet', ({ type }) => type === 'devnet.started');
    expect(started.seed).toBe(first.events.find(({ type }) => type === 'devnet.started')?.seed);
    const live = await again.event('reset', ({ type }) => type === 'reset.live');
    const { baseTimeSeconds } = JSON.parse(settings) as { baseTimeSeconds: number };
    expect(live.iteration).toBe(Math.floor((live.atMs / 1_000 - baseTimeSeconds) / periodSeconds));
    expect(live.previousIteration).toBe(3);
    await again.event(
      'collected iteration 2',
      (event) =>
        event.type === 'step.done' && /remove the old chain data in chains\/2-/.test(String(event.step)),
    );
    expect((await again.stop('SIGINT')).code).toBe(0);
    expect(await home.processes()).toEqual([]);
    const [previous, current, ...more] = (await home.chains()).map((folder) => folder.split('-')[0]);
    expect({ previous, current, more }).toEqual({ previous: '3', current: String(live.iteration), more: [] });
    expect(await home.kept()).toEqual(before);
    expect(await readFile(home.path('devnets', 'devnet', 'devnet.json'), 'utf8')).toBe(settings);
  });
});

/** Each step has its time, and the whole is what clients and we took, and what was waited for. */
function expectTimings(event: SeenEvent): void {
  const { steps, totalMs, waitedMs, ownMs } = event as SeenEvent &
    Record<string, number> & { steps: Timing[] };
  const words = steps.map(({ step }) => step.replace(/\d+-[0-9a-f]{8}/g, 'N'));
  expect(words).toEqual([
    'begin the reset to N',
    'stop consensus: the network resets',
    'stop execution: the network resets',
    'prepare chains/N/execution.ethereumjs',
    'start execution (ethereumjs) on N',
    'prove that execution is on N',
    'prepare chains/N/consensus.mayfly',
    'start consensus (mayfly) on N',
    'prove that consensus is on N',
  ]);
  for (const { durationMs } of steps) expect(durationMs).toBeGreaterThanOrEqual(0);
  const clientMs = steps
    .filter(({ spentOn }) => spentOn === 'client')
    .reduce((sum, { durationMs }) => sum + durationMs, 0);
  expect(totalMs).toBeGreaterThan(0);
  expect(totalMs).toBeLessThan(periodSeconds * 1_000);
  expect(ownMs).toBe(Math.max(0, Number(totalMs) - Number(waitedMs) - clientMs));
}
