import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { createEngineHttp } from './engine.ts';
import { parseJwtKey } from './engine-token.ts';

const key = Buffer.alloc(32, 5);
const hash = `0x${'ab'.repeat(32)}`;
const zero = `0x${'00'.repeat(32)}`;
const state = { headBlockHash: hash, safeBlockHash: zero, finalizedBlockHash: zero };
const nowMs = 1_700_000_000_000;

interface Call {
  readonly method: string;
  readonly params: unknown[];
  readonly authorization: string;
}

describe('the Engine API over HTTP', () => {
  let server: Server;
  let calls: Call[];
  let answer: { status?: number; body: unknown };
  const engine = () => {
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('not listening');
    const url = `http://127.0.0.1:${address.port}`;
    return createEngineHttp({ url, key, clock: new VirtualClock(nowMs), timeoutMs: 2_000 });
  };

  beforeEach(async () => {
    calls = [];
    server = createServer(async (request, response) => {
      const { method, params } = JSON.parse(await bodyOf(request));
      calls.push({ method, params, authorization: request.headers.authorization ?? '' });
      response.writeHead(answer.status ?? 200).end(JSON.stringify(answer.body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('signs each call with a token of this second', async () => {
    answer = { body: { result: [] } };
    await engine().exchangeCapabilities();
    const [head = '', body = '', signature] = (calls[0]?.authorization ?? '')
      .replace('Bearer ', '')
      .split('.');
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toEqual({ iat: nowMs / 1_000 });
    expect(signature).toBe(createHmac('sha256', key).update(`${head}.${body}`).digest('base64url'));
  });

  it('tells the head, with null where no payload is wanted', async () => {
    const payloadStatus = { status: 'VALID', latestValidHash: hash, validationError: null };
    answer = { body: { result: { payloadStatus, payloadId: null } } };
    expect(await engine().forkchoiceUpdated(state)).toEqual({
      kind: 'answer',
      value: { payloadStatus, payloadId: null },
    });
    expect(calls[0]).toMatchObject({ method: 'engine_forkchoiceUpdatedV3', params: [state, null] });
  });

  it('asks for a payload in the version that it is told', async () => {
    answer = { body: { error: { code: -38001, message: 'Unknown payload' } } };
    const reply = await engine().getPayload('0x01', 5);
    expect(calls[0]?.method).toBe('engine_getPayloadV5');
    expect(reply).toEqual({ kind: 'refused', code: -38001, message: 'Unknown payload' });
  });

  it('knows whether a block is there', async () => {
    answer = { body: { result: { hash } } };
    expect(await engine().hasBlock(hash)).toEqual({ kind: 'answer', value: true });
    answer = { body: { result: null } };
    expect(await engine().hasBlock(hash)).toEqual({ kind: 'answer', value: false });
  });

  it('takes a refused token, an error page and a wrong shape for nobody there', async () => {
    answer = { status: 401, body: 'Unauthorized' };
    expect((await engine().clientVersion()).kind).toBe('offline');
    answer = { body: { result: { payloadStatus: { status: 'PERHAPS' } } } };
    expect((await engine().forkchoiceUpdated(state)).kind).toBe('offline');
  });

  it('is offline when nothing listens', async () => {
    const gone = engine();
    server.close();
    server.closeAllConnections();
    expect(await gone.exchangeCapabilities()).toMatchObject({
      kind: 'offline',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('a JWT secret file', () => {
  it('holds 64 hex digits, with or without 0x and a line end', () => {
    expect(parseJwtKey(`0x${'0a'.repeat(32)}\n`)).toEqual(Buffer.alloc(32, 10));
    expect(parseJwtKey('0a'.repeat(32))).toEqual(Buffer.alloc(32, 10));
    expect(parseJwtKey('0a'.repeat(31))).toBeUndefined();
    expect(parseJwtKey('zz'.repeat(32))).toBeUndefined();
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
