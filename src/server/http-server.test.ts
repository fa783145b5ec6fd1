import { mkdtemp, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { Secret } from '../base/secret.ts';
import type { Control } from '../operations/control/control.ts';
import { createControlClient } from '../operations/control/control-client.ts';
import { EventHub } from '../operations/control/event-hub.ts';
import type { RootReport } from '../operations/control/reports.ts';
import { nodeErrors } from '../operations/node/errors.ts';
import { type ListeningServer, serveOnSocket } from './http-server.ts';

const report: RootReport = { version: '1.2.3', root: '/r', atMs: 1, nodes: [], devnets: [], findings: [] };

/** A control that answers from memory; what a test needs otherwise it replaces. */
function controlWith(hub: EventHub, more: Partial<Control> = {}): Control {
  const done = async () => ({ nodes: ['home'] });
  return {
    status: async () => report,
    plan: async () => [],
    events: ({ since }, signal) => hub.stream(since, signal),
    logs: async function* () {
      yield { node: 'home', layer: 'execution', line: 'one' };
      yield { node: 'home', layer: 'execution', line: 'two' };
    },
    apply: done,
    reset: done,
    hold: done,
    release: done,
    consent: done,
    down: done,
    doctor: async () => [],
    sync: async () => [],
    peers: async () => [],
    recover: done,
    ...more,
  };
}

describe('the API on its socket', () => {
  let folder: string;
  let socket: string;
  let server: ListeningServer;
  const hub = new EventHub(systemClock);
  const serve = async (more: Partial<Control> = {}, allowed = true) => {
    const control = controlWith(hub, more);
    server = await serveOnSocket({ clock: systemClock, control, authenticate: async () => allowed }, socket);
    return createControlClient(socket, systemClock);
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ephemery-api-'));
    socket = join(folder, 's');
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('is for our user alone and gone once closed', async () => {
    const client = await serve();
    expect((await stat(socket)).mode & 0o777).toBe(0o600);
    expect(await client.status()).toEqual(report);
    await server.close();
    await expect(client.status()).rejects.toMatchObject({ code: 'EPH-CONTROL-UNREACHABLE' });
  });

  it('gives an error of ours back as what it was', async () => {
    const client = await serve({
      reset: async () => {
        throw nodeErrors.create('EPH-NODE-NOTHING-TO-RESET', { node: 'home', iteration: 3 });
      },
    });
    await expect(client.reset({ force: false })).rejects.toMatchObject({
      code: 'EPH-NODE-NOTHING-TO-RESET',
      facts: { iteration: 3 },
    });
  });

  it('hands requests over as their schema says', async () => {
    const asked: unknown[] = [];
    const client = await serve({
      plan: async (ask) => {
        asked.push(ask);
        return [];
      },
      reset: async (ask) => {
        asked.push(ask);
        return { nodes: [] };
      },
    });
    await client.plan({ node: 'home', force: true });
    await client.reset({ force: true });
    expect(asked).toEqual([{ node: 'home', force: true }, { force: true }]);
  });

  it.each([
    ['GET', '/v1/plan?force=perhaps', '', 400],
    ['GET', '/v1/logs?tail=-1', '', 400],
    ['POST', '/v1/reset', '{"force":1}', 400],
    ['POST', '/v1/reset', '{', 400],
    ['POST', '/v1/reset', `"${'x'.repeat(70_000)}"`, 400],
    ['GET', '/v2/status', '', 404],
  ])('refuses %s %s', async (method, path, body, status) => {
    await serve();
    const answer = await rawRequest({ socket, method, path, body });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'EPH-CONTROL-REQUEST' } });
  });

  it('answers nothing to whom it is not allowed', async () => {
    const client = await serve({}, false);
    await expect(client.status()).rejects.toMatchObject({ code: 'EPH-CONTROL-DENIED' });
  });

  it('refuses an answer of another form', async () => {
    const client = await serve({
      status: async () => ({ ...report, nodes: 'none' }) as unknown as RootReport,
    });
    await expect(client.status()).rejects.toMatchObject({ code: 'EPH-CONTROL-ANSWER' });
  });

  it('streams to the end, and an error as the last value', async () => {
    const client = await serve();
    const lines: string[] = [];
    for await (const { line } of client.logs({}, new AbortController().signal)) lines.push(line);
    expect(lines).toEqual(['one', 'two']);
    await server.close();
    const failing = await serve({
      logs: async function* () {
        yield { node: 'home', layer: 'execution', line: 'one' };
        throw nodeErrors.create('EPH-NODE-NO-TARGET', { node: 'home' });
      },
    });
    const read = async () => {
      for await (const { line } of failing.logs({}, new AbortController().signal)) lines.push(line);
    };
    await expect(read()).rejects.toMatchObject({ code: 'EPH-NODE-NO-TARGET' });
    expect(lines).toEqual(['one', 'two', 'one']);
  });

  it('streams events until the listener goes, and tells the source of it', async () => {
    let tell: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const client = await serve({
      events: async function* (_ask, signal) {
        yield { type: 'one', seq: 1, atMs: 1 };
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        tell();
      },
    });
    const leave = new AbortController();
    for await (const event of client.events({}, leave.signal)) {
      expect(event.type).toBe('one');
      leave.abort();
    }
    await ended;
  });

  it('ends an open stream as a whole when it is closed', async () => {
    const client = await serve({
      logs: async function* (_, signal) {
        yield { node: 'home', layer: 'execution', line: 'one' };
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    });
    const lines: string[] = [];
    for await (const { line } of client.logs({ follow: true }, new AbortController().signal)) {
      lines.push(line);
      void server.close();
    }
    expect(lines).toEqual(['one']);
  });

  it('sends server-sent events to who accepts them', async () => {
    await serve();
    const headers = { accept: 'text/event-stream' };
    const answer = await rawRequest({ socket, method: 'GET', path: '/v1/logs', body: '', headers });
    expect(answer.text).toContain('data: {"node":"home","layer":"execution","line":"one"}\n\n');
  });

  it('never says a secret', async () => {
    const secret = new Secret('hunter2');
    await serve({
      status: async () => ({ ...report, root: secret }) as unknown as RootReport,
      doctor: async () => {
        throw new Error(`could not use ${secret}`, { cause: secret });
      },
    });
    for (const path of ['/v1/status', '/v1/doctor']) {
      const { text } = await rawRequest({ socket, method: 'GET', path, body: '' });
      expect(text).toContain('[secret]');
      expect(text).not.toContain('hunter2');
    }
  });
});

function rawRequest(ask: {
  socket: string;
  method: string;
  path: string;
  body: string;
  headers?: Record<string, string>;
}): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const type: Record<string, string> = ask.body === '' ? {} : { 'content-type': 'application/json' };
    const sent = request(
      { socketPath: ask.socket, method: ask.method, path: ask.path, headers: { ...type, ...ask.headers } },
      (message) => {
        const chunks: Buffer[] = [];
        message.on('data', (chunk: Buffer) => chunks.push(chunk));
        message.on('end', () => {
          resolve({ status: message.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
        });
      },
    );
    sent.on('error', reject);
    sent.end(ask.body);
  });
}
