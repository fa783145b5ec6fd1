import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { HttpClient } from '../../base/http.ts';
import { seededRandom } from '../../base/random.ts';
import type { ResetEvent } from '../node/node-event.ts';
import { nodeHooks } from './node-hooks.ts';

const event: ResetEvent = {
  type: 'reset.completed',
  node: 'home',
  iteration: 2,
  chainId: 7,
  genesisValidatorsRoot: '0x1',
  executionGenesisHash: '0x2',
  cause: 'scheduled',
  steps: [],
  totalMs: 5,
  waitedMs: 0,
  ownMs: 1,
};
const on = ['reset.completed' as const];

let folder: string;
let http: HttpClient;
let server: Server | undefined;
let notes: string[];
let waits: number[];
/** Waits for nothing but a command's last words. */
const clock = {
  ...systemClock,
  sleep: async (ms: number, signal?: AbortSignal) => {
    if (ms <= 500) return systemClock.sleep(ms, signal);
    waits.push(ms);
  },
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hooks-'));
  notes = [];
  waits = [];
  http = new HttpClient({ environment: {} });
});

afterEach(async () => {
  await http.close();
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

function hooksOf(hook: { command?: string[]; webhook?: string; nodes?: string[] }) {
  return nodeHooks('home', [{ on, timeoutMs: 10_000, ...hook }], {
    ...{ http, clock, folder, env: process.env, random: seededRandom('hooks') },
    note: async (node, text) => void notes.push(`${node}: ${text}`),
  });
}

async function serve(...statuses: number[]): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    response
      .writeHead(statuses[Math.min(bodies.length, statuses.length) - 1] ?? 500, { location: '/elsewhere' })
      .end();
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path`, bodies };
}

async function pidIn(file: string): Promise<string> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.endsWith('\n')) return text.trim();
    await systemClock.sleep(10);
  }
}

describe('hooks of a node', () => {
  it('run beside the configuration, and find its programs there', async () => {
    await writeFile(join(folder, 'deploy.sh'), '#!/bin/sh\npwd > here\n', { mode: 0o755 });
    const [hook] = hooksOf({ command: ['./deploy.sh'] });
    await hook?.run(event, new AbortController().signal);
    expect((await readFile(join(folder, 'here'), 'utf8')).trim()).toBe(await realpath(folder));
  });

  it('run a command with the event on its standard input', async () => {
    const file = join(folder, 'event.json');
    const script = `process.stdin.pipe(require('node:fs').createWriteStream(${JSON.stringify(file)}))`;
    const [hook] = hooksOf({ command: [process.execPath, '-e', script] });
    await hook?.run(event, new AbortController().signal);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(event);
  });

  it.each([
    ['ends with an error', [process.execPath, '-e', 'process.exit(3)'], 'exit code 3'],
    ['does not exist', ['/does/not/exist'], 'ENOENT'],
  ])('say so when a command %s', async (_what, command, reason) => {
    const [hook] = hooksOf({ command });
    await expect(hook?.run(event, new AbortController().signal)).rejects.toMatchObject({
      code: 'EPH-FLEET-HOOK-FAILED',
      message: expect.stringContaining(reason),
    });
  });

  it('end a command at the signal', async () => {
    const [hook] = hooksOf({ command: [process.execPath, '-e', 'setInterval(() => 0, 1000)'] });
    const stop = new AbortController();
    const run = hook?.run(event, stop.signal);
    stop.abort();
    await expect(run).rejects.toMatchObject({ code: 'EPH-FLEET-HOOK-FAILED' });
  });

  it('leave what they printed in the log, and their last words, without arguments, in the failure', async () => {
    const script = `exec 2>&1; echo first; echo "no such token $0"; printf '\\033[31mlast'; exit 7`;
    const [hook] = hooksOf({ command: ['sh', '-c', script, 'hunter22'] });
    const run = hook?.run(event, new AbortController().signal);
    await expect(run).rejects.toMatchObject({ facts: { target: 'sh', reason: 'exit code 7' } });
    const failure = (await run?.catch((thrown) => thrown)) as { facts?: { said?: string } } | undefined;
    const said = failure?.facts?.said;
    expect(said).toContain('first');
    expect(said).toContain('no such token [argument]');
    expect(said).toMatch(/ \[31mlast$/);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^home: \S+Z reset.completed sh: failed: exit code 7\n/);
    expect(notes[0]).toContain('no such token hunter22\n');
  });

  it('are ended at the signal with all that they started', async () => {
    const [hook] = hooksOf({ command: ['sh', '-c', 'sleep 600 & echo $! > pid; wait'] });
    const stop = new AbortController();
    const run = hook?.run(event, stop.signal);
    const pid = await pidIn(join(folder, 'pid'));
    stop.abort();
    await expect(run).rejects.toMatchObject({ code: 'EPH-FLEET-HOOK-FAILED' });
    // It may be there still as one that nobody has waited for.
    const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') X');
    expect(state.slice(state.lastIndexOf(')') + 2)[0]).toMatch(/[XZ]/);
  });

  it('call a webhook again that fails in passing, and say after how many tries they gave up', async () => {
    const { url, bodies } = await serve(503, 429, 200);
    const [hook] = hooksOf({ webhook: url });
    await hook?.run(event, new AbortController().signal);
    expect(bodies).toHaveLength(3);
    expect(waits).toHaveLength(2);
    server?.close();
    const other = await serve(500);
    const run = hooksOf({ webhook: other.url })[0]?.run(event, new AbortController().signal);
    await expect(run).rejects.toMatchObject({ facts: { reason: 'status 500, after 4 tries' } });
    expect(notes.at(-1)).not.toContain('secret-path');
  });

  it('post to a webhook, whose address is named without its path', async () => {
    const { url, bodies } = await serve(204);
    const [hook] = hooksOf({ webhook: url });
    await hook?.run(event, new AbortController().signal);
    expect(JSON.parse(bodies[0] ?? '')).toEqual(event);
    expect(hook?.target).not.toContain('secret-path');
  });

  it.each([404, 302])(
    'take the answer %i of a webhook as a failure and do not go elsewhere',
    async (status) => {
      const { url, bodies } = await serve(status);
      const [hook] = hooksOf({ webhook: url });
      await expect(hook?.run(event, new AbortController().signal)).rejects.toThrow(`status ${status}`);
      expect(bodies).toHaveLength(1);
    },
  );

  it('are left out for other nodes', () => {
    expect(hooksOf({ command: ['true'], nodes: ['other'] })).toEqual([]);
  });
});
