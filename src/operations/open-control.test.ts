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
