import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HttpClient } from '../../base/http.ts';
import { createKeymanagerHttp } from '../../chain/http/keymanager.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { keysProblem } from './keys-problem.ts';

/** What a real request throws where nobody listens. */
async function refused(): Promise<unknown> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const api = createKeymanagerHttp({
    http: new HttpClient({ environment: {} }),
    url: `http://127.0.0.1:${port}`,
  });
  return api.keys().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}

function node(more: { isUp: boolean; order?: string; recover?: () => Promise<unknown> }): AssembledNode {
  const keymanager = { port: 'keymanager' };
  return {
    setup: {
      name: 'home',
      validator: { ports: { keymanager: 7 }, definition: { keymanager } },
    },
    environment: {
      runtime: { recover: more.recover ?? (async () => (more.isUp ? { token: 'x' } : undefined)) },
      store: { signingOrder: async () => ({ order: more.order ?? 'run', reason: 'by hand' }) },
    },
  } as unknown as AssembledNode;
}

describe('a validator client that does not answer', () => {
  it.each([
    [node({ isUp: false }), 'EPH-VALIDATORS-CLIENT-OFF', /does not run\.$/, /ephemery status/],
    [
      node({ isUp: false, order: 'stop' }),
      'EPH-VALIDATORS-CLIENT-OFF',
      /it was stopped \(by hand\)/,
      /ephemery validators start home/,
    ],
    [node({ isUp: false, order: 'halt' }), 'EPH-VALIDATORS-CLIENT-OFF', /it was halted/, /start home/],
    [
      node({ isUp: true }),
      'EPH-VALIDATORS-CLIENT-SILENT',
      /runs, but does not answer at http:\/\/127\.0\.0\.1:7/,
      /ephemery logs home\.validator/,
    ],
  ])('%# is told in plain words, with what to do', async (asked, code, message, remedy) => {
    const problem = await keysProblem(asked, await refused());
    expect(problem).toEqual({
      code,
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    });
    expect(problem.message).not.toContain('ECONN');
  });

  it('keeps the first reason where its runtime cannot be asked', async () => {
    const asked = node({ isUp: false, recover: () => Promise.reject(new Error('no engine')) });
    expect(await keysProblem(asked, await refused())).toMatchObject({ code: 'EPH-HTTP-UNREACHABLE' });
  });
});
