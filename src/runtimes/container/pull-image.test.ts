import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { Engine } from './engine.ts';
import { type PullProgress, pullImage } from './pull-image.ts';

let folder: string;
let server: Server;
let api: string;
let pulled: string[];
let answer: (response: ServerResponse) => void;

/** What an engine says while it pulls, line by line as it says it. */
const lines =
  (...said: object[]) =>
  (response: ServerResponse) => {
    for (const line of said) response.write(`${JSON.stringify(line)}\r\n`);
    response.end();
  };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-pull-'));
  api = '1.43';
  pulled = [];
  answer = lines();
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://engine');
    if (url.pathname === '/version') response.end(JSON.stringify({ Version: '24.0.7', ApiVersion: api }));
    else if (url.pathname === '/info') response.end(JSON.stringify({ DockerRootDir: '/var/lib/docker' }));
    else {
      pulled.push(`${url.searchParams.get('fromImage')} ${url.searchParams.get('tag')}`);
      answer(response);
    }
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 'engine.sock'), resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

function engine(): Engine {
  const env = { DOCKER_HOST: `unix://${join(folder, 'engine.sock')}` };
  return new Engine({ env, platform: 'linux', recordPath: join(folder, 'engine.json'), clock: systemClock });
}

describe('a pull', () => {
  it('tells how far it is, layer by layer', async () => {
    answer = lines(
      { status: 'Pulling from x', id: '' },
      { id: 'a', status: 'Downloading', progressDetail: { current: 10, total: 100 } },
      { id: 'b', status: 'Already exists' },
      { id: 'a', status: 'Pull complete' },
    );
    const told: PullProgress[] = [];
    await pullImage(engine(), 'registry.example:5000/x:v1', {
      onProgress: (progress) => told.push(progress),
    });
    expect(pulled).toEqual(['registry.example:5000/x v1']);
    expect(
      told.map(({ layers, layersDone, bytes, totalBytes }) => [layers, layersDone, bytes, totalBytes]),
    ).toEqual([
      [1, 0, 10, 100],
      [2, 1, 10, 100],
      [2, 2, 100, 100],
    ]);
  });

  it('asks for a digest where a tag would be', async () => {
    await pullImage(engine(), 'x@sha256:ab');
    expect(pulled).toEqual(['x sha256:ab']);
  });

  it.each([
    ['write /var/lib/docker/tmp/GetImageBlob1: no space left on device', 'EPH-RUNTIME-PULL-NO-SPACE'],
    ['manifest unknown: manifest unknown', 'EPH-RUNTIME-IMAGE-GONE'],
    ['dial tcp: lookup registry.example: no such host', 'EPH-RUNTIME-PULL-FAILED'],
  ])('that fails half way says why: %s', async (error, code) => {
    answer = lines({ id: 'a', status: 'Downloading' }, { error, errorDetail: { message: error } });
    await expect(pullImage(engine(), 'x:v1')).rejects.toMatchObject({
      code,
      facts: { image: 'x:v1', reason: error },
    });
  });

  it('that the engine refuses says why', async () => {
    answer = (response) => {
      response.statusCode = 500;
      response.end(JSON.stringify({ message: 'unexpected EOF' }));
    };
    await expect(pullImage(engine(), 'x:v1')).rejects.toMatchObject({ code: 'EPH-RUNTIME-PULL-FAILED' });
  });

  it('ends at its signal', async () => {
    const abort = new AbortController();
    answer = (response) => {
      response.write('{"id":"a","status":"Downloading"}\r\n');
      abort.abort('enough');
    };
    await expect(pullImage(engine(), 'x:v1', { signal: abort.signal })).rejects.toBe('enough');
  });
});

describe('an engine', () => {
  it('that is too old is refused', async () => {
    api = '1.40';
    await expect(engine().facts()).rejects.toMatchObject({ code: 'EPH-RUNTIME-ENGINE-OLD' });
  });

  it('that is not there is named', async () => {
    const env = { DOCKER_HOST: 'unix:///nowhere/engine.sock' };
    const absent = new Engine({
      env,
      platform: 'linux',
      recordPath: join(folder, 'x.json'),
      clock: systemClock,
    });
    await expect(absent.facts()).rejects.toMatchObject({
      code: 'EPH-RUNTIME-UNREACHABLE',
      message: expect.stringContaining('/nowhere/engine.sock'),
    });
  });

  it('is the one of the root, whatever else answers later', async () => {
    await engine().settle();
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      const isVersion = request.url?.startsWith('/version');
      const podman = { Version: '4.3.1', ApiVersion: '1.41', Components: [{ Name: 'Podman Engine' }] };
      response.end(JSON.stringify(isVersion ? podman : { DockerRootDir: '/var/lib/containers/storage' }));
    });
    await expect(engine().facts()).rejects.toMatchObject({ code: 'EPH-RUNTIME-ENGINE-CHANGED' });
  });
});
