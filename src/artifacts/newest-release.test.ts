import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArtifactHost } from '../../test/support/artifact-host.ts';
import { HttpClient } from '../base/http.ts';
import { newestRelease } from './newest-release.ts';

let host: ArtifactHost;
let http: HttpClient;

beforeEach(async () => {
  host = await ArtifactHost.start();
  http = new HttpClient({ environment: {} });
});

afterEach(async () => {
  await http.close();
  await host.close();
});

const execute = () => Promise.reject(new Error('nothing may run'));
const asked = (page: string, signal?: AbortSignal) =>
  newestRelease({ kind: 'page', page, tag: 'v{version}' }, { http, execute, signal });
const name = () => new URL(host.url).host;

describe('the newest release of a page', () => {
  it('is where its latest leads to, which is not followed', async () => {
    const page = host.release('toy/toy', 'v1.2.4');
    expect(await asked(page)).toEqual({
      known: true,
      value: { version: '1.2.4', tag: 'v1.2.4', address: `${host.url}/toy/toy/releases/tag/v1.2.4` },
    });
    expect(host.asked).toEqual(['/toy/toy/releases/latest']);
  });

  it('is found under the new name of a repository that was renamed', async () => {
    host.release('new/toy', 'v2.0.0');
    const page = host.leads('old/toy', `${host.url}/new/toy/releases/latest`);
    expect(await asked(page)).toMatchObject({
      value: { address: `${host.url}/new/toy/releases/tag/v2.0.0` },
    });
  });

  it('tells its address without credentials', async () => {
    const page = host.release('toy/toy', 'v1.2.4').replace('http://', 'http://me:hidden@');
    const answer = await asked(page);
    expect(answer).toMatchObject({ value: { version: '1.2.4' } });
    expect(JSON.stringify(answer)).not.toContain('hidden');
  });

  it.each([
    ['there is none', '/toy/toy/releases', 'shows no release'],
    ['it is on another host', 'https://example.org/toy/toy/releases/tag/v1.2.4', 'redirects to another host'],
    ['it is of another repository', '/toy/other/releases/tag/v1.2.4', 'redirects to what is no release'],
    [
      'its tag is a sequence for terminals',
      '/toy/toy/releases/tag/v1%1b%5b2J',
      'redirects to what is no release',
    ],
    ['its tag is a path', '/toy/toy/releases/tag/v1.2.4%2f..', 'redirects to what is no release'],
    ['its tag is malformed', '/toy/toy/releases/tag/%ff', 'redirects to what is no release'],
    ['its tag is long', `/toy/toy/releases/tag/v1.2.${'9'.repeat(80)}`, 'redirects to what is no release'],
    ['its address is long', `/${'a'.repeat(600)}`, 'redirects to an address that cannot be read'],
    ['its address is none', 'http://[', 'redirects to an address that cannot be read'],
    [
      'its tag is no version',
      '/toy/toy/releases/tag/nightly',
      'names the release nightly, which is no version',
    ],
    ['it goes round', '/toy/toy/releases/latest', 'redirects too often'],
    ['a login is wanted', '/login?return_to=x', 'redirects to what is no release'],
  ])('is unknown when %s', async (_, location, reason) => {
    const page = host.leads('toy/toy', location);
    expect(await asked(page)).toEqual({ known: false, reason: `${name()} ${reason}` });
  });

  it.each([404, 429, 500, 200])('is unknown when the host answers with status %d', async (status) => {
    const server = createServer((_, response) => response.writeHead(status, { location: 'x' }).end('x'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      const answer = await asked(`http://127.0.0.1:${port}/toy/toy/releases`);
      expect(answer).toEqual({ known: false, reason: `127.0.0.1:${port} answered with status ${status}` });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('is unknown when nobody answers', async () => {
    const page = host.release('toy/toy', 'v1.2.4');
    await host.close();
    const reason = expect.stringMatching(/^127\.0\.0\.1:\d+ could not be asked: .*ECONNREFUSED/);
    expect(await asked(page)).toEqual({ known: false, reason });
  });

  it('is not waited for behind a proxy that says nothing', async () => {
    const over = new AbortController();
    const reason = new Error('given up');
    const proxy = createTcpServer(() => over.abort(reason));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    http = new HttpClient({ environment: { HTTPS_PROXY: `http://127.0.0.1:${port}` } });
    try {
      const answer = asked('https://example.org/toy/toy/releases', over.signal);
      await expect(answer).rejects.toBe(reason);
    } finally {
      await http.close();
      proxy.close();
    }
  });

  it('is not waited for once the work is given up', async () => {
    const page = host.release('toy/toy', 'v1.2.4');
    const reason = new Error('given up');
    await expect(asked(page, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
