import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { systemClock } from '../../src/base/clock.ts';
import { runCommand } from '../../src/base/exec.ts';
import { HttpClient } from '../../src/base/http.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import type { ClientContext } from '../../src/core/clients/client.ts';
import { ethereumjs } from '../../src/core/clients/execution/ethereumjs.ts';
import { unitSpec } from '../../src/runtimes/conformance-harness.ts';
import { createNetworkProber } from '../../src/runtimes/network-prober.ts';
import { createProcessRuntime } from '../../src/runtimes/process/process-runtime.ts';
import { untilReady } from '../../src/runtimes/readiness.ts';
import type { InstalledProgram, Runtime, UnitHandle } from '../../src/runtimes/runtime.ts';
import { rpc } from '../support/ethereumjs.ts';
import { freePort } from '../support/free-port.ts';

let folder: string;
let runtime: Runtime;
let program: InstalledProgram;
let handles: UnitHandle[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-ethereumjs-'));
  handles = [];
  runtime = await createProcessRuntime({
    recordsFolder: join(folder, 'units'),
    logsFolder: join(folder, 'logs'),
    clock: systemClock,
    random: systemRandom,
    env: process.env,
    log: silentLog,
  });
  program = await createArtifactStore({
    folder: join(folder, 'artifacts'),
    lockPath: join(folder, 'ephemery.lock'),
    nodePath: process.execPath,
    platform: { os: process.platform, arch: process.arch },
    env: process.env,
    clock: systemClock,
    log: silentLog,
    fetch: { http: new HttpClient({ environment: {} }) },
  }).obtain({ client: ethereumjs });
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'jwt.hex'), 'ab'.repeat(32));
});

afterEach(async () => {
  for (const handle of handles) await runtime.stop(handle, { signal: 'SIGTERM', deadlineMs: 500 });
  await rm(folder, { recursive: true, force: true });
});

async function bundle(chainId: number): Promise<string> {
  const directory = join(folder, `bundle-${chainId}`);
  await mkdir(join(directory, 'metadata'), { recursive: true });
  const forks = ['homestead', 'eip150', 'eip155', 'eip158', 'byzantium', 'constantinople', 'petersburg'];
  const blocks = [...forks, 'istanbul', 'berlin', 'london', 'mergeNetsplit'].map((name) => [
    `${name}Block`,
    0,
  ]);
  const genesis = {
    config: {
      chainId,
      ...Object.fromEntries(blocks),
      ...{ terminalTotalDifficulty: 0, shanghaiTime: 0, cancunTime: 0, pragueTime: 0 },
      blobSchedule: {
        cancun: { target: 3, max: 6, baseFeeUpdateFraction: 3338477 },
        prague: { target: 6, max: 9, baseFeeUpdateFraction: 5007716 },
      },
    },
    nonce: '0x1234',
    // The chain id is no part of block 0, so that two iterations differ by their times.
    timestamp: `0x${chainId.toString(16)}`,
    extraData: '0x',
    gasLimit: '0x1c9c380',
    difficulty: '0x0',
    mixHash: `0x${'00'.repeat(32)}`,
    coinbase: `0x${'00'.repeat(20)}`,
    alloc: { [`0x${'11'.repeat(20)}`]: { balance: '0x1' } },
  };
  await writeFile(join(directory, 'metadata', 'genesis.json'), JSON.stringify(genesis));
  return directory;
}

async function contextFor(chainId: number, more: Partial<ClientContext> = {}): Promise<ClientContext> {
  const [rpcPort, engine, p2p] = [await freePort(), await freePort(), await freePort()];
  return {
    version: '0.10.5',
    node: 'home',
    identity: {
      iteration: 1,
      chainId,
      genesisValidatorsRoot: '0x',
      executionGenesisHash: '0x',
      genesisTimeSeconds: 0,
    },
    highestFork: 'electra',
    enodes: [],
    bootstrapEnrs: [],
    paths: {
      data: join(folder, 'data'),
      bundle: await bundle(chainId),
      identity: folder,
      jwt: join(folder, 'jwt.hex'),
    },
    ports: { rpc: rpcPort, engine, p2p },
    listenAddress: '127.0.0.1',
    keySets: [],
    args: [],
    env: {},
    ...more,
  };
}

async function start(context: ClientContext): Promise<UnitHandle> {
  const { args, env } = ethereumjs.program(context);
  const spec = { ...unitSpec('home.execution'), args, env, readiness: ethereumjs.readiness(context) };
  const handle = await runtime.start(program, spec);
  handles.push(handle);
  return handle;
}

function ready(context: ClientContext, handle: UnitHandle) {
  return untilReady(ethereumjs.readiness(context), {
    clock: systemClock,
    prober: createNetworkProber({ clock: systemClock, fetch }),
    stillRuns: async () => (await runtime.inspect(handle)).state === 'running',
  });
}

describe('the real EthereumJS in the process runtime', () => {
  it('knows every flag that we manage', async () => {
    const help = await runCommand({
      command: [...program.command, '--help'],
      env: { PATH: process.env.PATH, HOME: folder },
      deadlineMs: 60_000,
    });
    const known = help.outcome === 'ended' ? [...help.stdout.matchAll(/^ +(--\w+)/gm)].map((m) => m[1]) : [];
    expect(known).toEqual(expect.arrayContaining([...ethereumjs.managedFlags]));
  });

  it('comes up on the genesis of the bundle and stops at once while it is alone', async () => {
    const context = await contextFor(39_438_001);
    const handle = await start(context);
    expect(await ready(context, handle)).toMatchObject({ outcome: 'ready' });
    const url = `http://127.0.0.1:${context.ports.rpc}`;
    expect(await rpc(url, 'eth_chainId', [])).toBe(`0x${(39_438_001).toString(16)}`);
    const peers = { kind: 'tcp', port: context.ports.p2p ?? 0, deadlineMs: 1_000 } as const;
    expect(await createNetworkProber({ clock: systemClock, fetch })(peers)).toMatchObject({ known: false });
    const startedMs = systemClock.monotonicMs();
    expect(await runtime.stop(handle, ethereumjs.stop)).toBe('stopped');
    expect(systemClock.monotonicMs() - startedMs).toBeLessThan(5_000);
  });

  it('ends with code 0 on a data directory of another genesis: no success', async () => {
    const first = await contextFor(39_438_001);
    const handle = await start(first);
    await ready(first, handle);
    await runtime.stop(handle, ethereumjs.stop);
    const second = await contextFor(39_438_002);
    const wrong = await start(second);
    expect(await ready(second, wrong)).toEqual({ outcome: 'ended' });
    expect(await runtime.inspect(wrong)).toEqual({ state: 'exited', exitCode: 0 });
  });

  it('takes bootnodes when there are some', async () => {
    const enodes = ['11', '22'].map((byte) => `enode://${byte.repeat(64)}@127.0.0.1:9`);
    const context = await contextFor(39_438_001, { enodes });
    const handle = await start(context);
    expect(await ready(context, handle)).toMatchObject({ outcome: 'ready' });
    expect(await runtime.stop(handle, { signal: 'SIGTERM', deadlineMs: 500 })).toBe('killed');
  });
});
