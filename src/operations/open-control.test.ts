import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareRoot } from '../storage/files/layout.ts';
import { type RootLock, takeLock } from '../storage/files/root-lock.ts';
import { type RootPaths, rootPaths } from '../storage/files/root-paths.ts';
import { socketPath } from '../storage/files/socket-path.ts';
import { supervisorControl } from './open-control.ts';
import type { Services } from './services.ts';

let root: string;
let paths: RootPaths;
let lock: RootLock;
let server: Server | undefined;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ephemery-control-'));
  paths = rootPaths(root);
  await prepareRoot(paths);
  lock = await takeLock(paths, 'supervisor', 0);
});

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(root, { recursive: true, force: true });
});

const listenWith = (answer: RequestListener) =>
  new Promise<void>((resolve) => {
    server = createServer(answer).listen(socketPath(paths), resolve);
  });
const listen = () => listenWith((_, response) => void response.writeHead(404).end());

/** Asks with a clock that moves only by what is slept; something happens in the fifth sleep. */
async function askWhile(happens: () => Promise<void>, isLongSleepOver = false) {
  let nowMs = 0;
  let sleeps = 0;
  const sleep = async (durationMs: number) => {
    // The patience with one who takes connections and says nothing.
    if (durationMs > 1_000 && !isLongSleepOver) return new Promise<void>(() => undefined);
    nowMs += durationMs;
    sleeps += 1;
    if (sleeps === 5) await happens();
  };
  const clock = { monotonicMs: () => nowMs, nowMs: () => nowMs, sleep };
  const control = await supervisorControl({ paths, clock } as unknown as Services);
  return { control, sleeps, tookMs: nowMs };
}

const nothing: RequestListener = () => undefined;

/** What is told while a supervisor is waited for that begins to listen, or to hang, after so long. */
async function toldWhile(answers: RequestListener, afterMs: number): Promise<readonly string[]> {
  let nowMs = 0;
  const told: string[] = [];
  const alarms: { readonly atMs: number; readonly ring: () => void }[] = [];
  const sleep = async (durationMs: number, signal?: AbortSignal) => {
    if (durationMs > 1_000) {
      const atMs = nowMs + durationMs;
      return new Promise<void>((resolve, reject) => {
        alarms.push({ atMs, ring: resolve });
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        // The patience with one who takes connections and says nothing.
        if (answers === nothing && alarms.length > 1) passBy(durationMs);
      });
    }
    passBy(durationMs);
    if (server === undefined && nowMs >= afterMs) await listenWith(answers);
  };
  const passBy = (durationMs: number) => {
    nowMs += durationMs;
    for (const { atMs, ring } of alarms) if (atMs <= nowMs) ring();
  };
  const clock = { monotonicMs: () => nowMs, nowMs: () => nowMs, sleep };
  const services = { paths, clock, onWait: (why: string) => told.push(why) };
  await supervisorControl(services as unknown as Services).catch(() => undefined);
  return told;
}

describe('what is told of a wait for the supervisor', () => {
  const speaks: RequestListener = (_, response) => void response.writeHead(404).end();
  const waited = [expect.stringContaining(`process ${process.pid}`)];

  it('is nothing of one that answers within two seconds', async () => {
    expect(await toldWhile(speaks, 0)).toEqual([]);
    server?.close();
    server = undefined;
    expect(await toldWhile(speaks, 1_900)).toEqual([]);
  });

  it('is who it is when it takes longer, once, whether it answers in the end or not', async () => {
    expect(await toldWhile(speaks, 3_000)).toEqual(waited);
  });

  it('is the same of one that takes connections and hangs', async () => {
    expect(await toldWhile(nothing, 0)).toEqual(waited);
  });
});

describe('the supervisor of a root', () => {
  it('is waited for while it has the root and does not answer yet', async () => {
    const { control, sleeps } = await askWhile(listen);
    expect(control).toBeDefined();
    expect(sleeps).toBe(5);
  });

  it('is none once it gave the root back without ever answering', async () => {
    expect((await askWhile(() => lock.release())).control).toBeUndefined();
  });

  it('is refused when it takes connections and says nothing', async () => {
    await expect(askWhile(() => listenWith(() => undefined), true)).rejects.toMatchObject({
      code: 'EPH-CONTROL-UNREACHABLE',
      message: expect.stringContaining('says nothing'),
    });
  });

  it('is asked all the same when it never answers, and the error says so', async () => {
    const { control, tookMs } = await askWhile(async () => undefined);
    expect(tookMs).toBeGreaterThanOrEqual(10_000);
    await expect(control?.doctor()).rejects.toMatchObject({ code: 'EPH-CONTROL-UNREACHABLE' });
  });
});
