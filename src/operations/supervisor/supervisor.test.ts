import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { Config } from '../../config/schema.ts';
import type { Runtime } from '../../runtimes/runtime.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { EffectiveConfig, Services } from '../services.ts';
import { Supervisor } from './supervisor.ts';

let root: string;
let clock: VirtualClock;
let running: number;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ephemery-supervisor-'));
  clock = new VirtualClock(1_700_000_000_000);
  running = 0;
});
afterEach(() => rm(root, { recursive: true, force: true }));

const nobody = { nodes: {}, networks: {}, keySets: {} } as unknown as Config;
const config: EffectiveConfig = { id: 'built-in:test', config: nobody, folder: '/' };

/** Nodes that do nothing but to be kept. */
function fleet(): Fleet {
  const run = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      running += 1;
      signal.addEventListener('abort', () => {
        running -= 1;
        resolve();
      });
    });
  return { nodes: new Map(), run, down: async () => undefined } as unknown as Fleet;
}

function services(): Services {
  return {
    clock,
    log: silentLog,
    random: seededRandom('supervisor'),
    paths: rootPaths(root),
    runtimeIds: [],
    runtime: async () => ({}) as Runtime,
    openFleet: async () => ({ fleet: fleet(), nodes: [], close: async () => undefined }),
    serve: async () => ({ close: async () => undefined }),
    fileLog: async () => silentLog,
  } as unknown as Services;
}

async function begun() {
  const reread = async () => config;
  const supervisor = await Supervisor.open(services(), { config, reread, adoptConfig: false, devnet: {} });
  const over = new AbortController();
  const ended = supervisor.run(over.signal);
  while (running === 0) await clock.advance(1);
  return { supervisor, over, ended };
}

describe('a supervisor', () => {
  it('keeps each node once, however many ask it to apply at a time', async () => {
    const { supervisor, over, ended } = await begun();
    await Promise.all([1, 2, 3].map(() => supervisor.control.apply()));
    expect(running).toBe(1);
    over.abort();
    await clock.advance(1);
    await ended;
    expect(running).toBe(0);
  });

  it('keeps nothing once it has ended, though somebody asked it to apply meanwhile', async () => {
    const { supervisor, ended } = await begun();
    const [down, applied] = await Promise.allSettled([supervisor.down(), supervisor.control.apply()]);
    await clock.advance(1);
    await ended;
    expect(down.status).toBe('fulfilled');
    expect(applied).toMatchObject({ status: 'rejected', reason: { code: 'EPH-CONTROL-SUPERVISOR-ENDED' } });
    expect(running).toBe(0);
  });
});
