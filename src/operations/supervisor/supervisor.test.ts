import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepVoidExit } from '../../../test/support/void-exit.ts';
import { Fetches } from '../../base/fetches.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { Config } from '../../config/schema.ts';
import type { Runtime } from '../../runtimes/runtime.ts';
import { readLock } from '../../storage/files/root-lock.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { EffectiveConfig, Services } from '../services.ts';
import { Supervisor } from './supervisor.ts';

let root: string;
let clock: VirtualClock;
let running: number;
/** Nodes that were stopped, in order. */
let stopped: string[];
/** What the configuration names, and what keeps a fleet of it from being assembled. */
let names: readonly string[];
let broken: Error | undefined;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ephemery-supervisor-'));
  clock = new VirtualClock(1_700_000_000_000);
  running = 0;
  stopped = [];
  names = [];
  broken = undefined;
});
afterEach(() => rm(root, { recursive: true, force: true }));

const nobody = { nodes: {}, networks: {}, keySets: {} } as unknown as Config;
const config: EffectiveConfig = { id: 'built-in:test', config: nobody, folder: '/' };

/** Nodes that do nothing but to be kept. */
function fleet(names: readonly string[]): Fleet {
  const run = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      running += 1;
      signal.addEventListener('abort', () => {
        running -= 1;
        resolve();
      });
    });
  const node = (name: string) => ({ down: async () => void stopped.push(name) });
  const nodes = new Map(names.map((name) => [name, node(name)]));
  return { nodes, run, down: async () => undefined } as unknown as Fleet;
}

function services(): Services {
  return {
    clock,
    log: silentLog,
    random: seededRandom('supervisor'),
    paths: rootPaths(root),
    refusedClients: [],
    runtimeIds: [],
    fetches: new Fetches(),
    host: { version: '0.0.0', env: {} },
    runtime: async () => ({}) as Runtime,
    openFleet: async () => {
      if (broken !== undefined) throw broken;
      return { fleet: fleet(names), nodes: [], externals: [], close: async () => undefined };
    },
    serve: async () => ({ close: async () => undefined }),
    fileLog: async () => silentLog,
  } as unknown as Services;
}

async function begun(served = config) {
  const reread = async () => served;
  const request = { config: served, reread, adoptConfig: false, devnet: {} };
  const supervisor = await Supervisor.open(services(), request);
  const over = new AbortController();
  const ended = supervisor.run(over.signal);
  while (running === 0) await clock.advance(1);
  return { supervisor, over, ended };
}

describe('a supervisor', () => {
  it('stops a node that the configuration names no more, and leaves the others as they are', async () => {
    names = ['gone', 'kept'];
    const { supervisor, over, ended } = await begun();
    names = ['kept', 'new'];
    expect(await supervisor.control.apply()).toEqual({ nodes: ['kept', 'new'] });
    expect(stopped).toEqual(['gone']);
    expect(running).toBe(1);
    over.abort();
    await clock.advance(1);
    await ended;
  });

  it('keeps what it kept when a changed configuration cannot be used', async () => {
    names = ['home'];
    const { supervisor, over, ended } = await begun();
    broken = new Error('no such program');
    await expect(supervisor.control.apply()).rejects.toThrow('no such program');
    expect({ running, stopped }).toEqual({ running: 1, stopped: [] });
    over.abort();
    await clock.advance(1);
    await ended;
  });

  it('makes the backups that the configuration asks for beside its nodes', async () => {
    const targets = [{ kind: 'sftp', privateKeyFile: '/dev/null/nowhere' }];
    const backup = { every: 3_600_000, targets, recipients: [], keep: { count: 1 } };
    const backedUp = { ...config, config: { ...nobody, backup } as unknown as Config };
    const { supervisor, over, ended } = await begun(backedUp);
    const findings = async () => (await supervisor.control.status()).findings;
    while ((await findings()).length === 0) await clock.advance(1);
    expect(await findings()).toMatchObject([{ code: 'EPH-BACKUP-FAILED' }]);
    over.abort();
    await clock.advance(1);
    await ended;
  });

  it('tells of its keys, whatever its nodes do', async () => {
    names = ['home'];
    const { supervisor, over, ended } = await begun();
    await keepVoidExit(root);
    const { findings } = await supervisor.control.status();
    expect(findings).toMatchObject([{ code: 'EPH-VALIDATORS-MESSAGE-VOID' }]);
    over.abort();
    await clock.advance(1);
    await ended;
  });

  it('gives the root back when it cannot begin', async () => {
    broken = new Error('a port is taken');
    const request = { config, reread: async () => config, adoptConfig: false, devnet: {} };
    const supervisor = await Supervisor.open(services(), request);
    await expect(supervisor.run(new AbortController().signal)).rejects.toThrow('a port is taken');
    expect(await readLock(rootPaths(root))).toEqual({ state: 'free' });
  });

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
