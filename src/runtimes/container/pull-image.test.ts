import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { Engine } from './engine.ts';
import { type PullOptions, type PullProgress, pullImage } from './pull-image.ts';
import { longestSilenceMs } from './pull-watch.ts';

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

function pull(image: string, how: Partial<PullOptions> = {}): Promise<void> {
  return pullImage(engine(), image, { clock: systemClock, ...how });
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
    await pull('registry.example:5000/x:v1', {
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
    await pull('x@sha256:ab');
    expect(pulled).toEqual(['x sha256:ab']);
  });

  it.each([
    ['write /var/lib/docker/tmp/GetImageBlob1: no space left on device', 'EPH-RUNTIME-PULL-NO-SPACE'],
    ['manifest unknown: manifest unknown', 'EPH-RUNTIME-IMAGE-GONE'],
    ['dial tcp: lookup registry.example: no such host', 'EPH-RUNTIME-PULL-FAILED'],
  ])('that fails half way says why: %s', async (error, code) => {
    answer = lines({ id: 'a', status: 'Downloading' }, { error, errorDetail: { message: error } });
    await expect(pull('x:v1')).rejects.toMatchObject({
      code,
      facts: { image: 'x:v1', reason: error },
    });
  });

  it('that the engine refuses says why', async () => {
    answer = (response) => {
      response.statusCode = 500;
      response.end(JSON.stringify({ message: 'unexpected EOF' }));
    };
    await expect(pull('x:v1')).rejects.toMatchObject({ code: 'EPH-RUNTIME-PULL-FAILED' });
  });

  it('ends at its signal', async () => {
    const abort = new AbortController();
    answer = (response) => {
      response.write('{"id":"a","status":"Downloading"}\r\n');
      abort.abort('enough');
    };
    await expect(pull('x:v1', { signal: abort.signal })).rejects.toBe('enough');
  });
});

describe('a pull of which nothing comes', () => {
  const { fetching, unpacking } = longestSilenceMs;
  const layer = (current: number) => ({
    id: 'a',
    status: 'Downloading',
    progressDetail: { current, total: 1_000 },
  });

  /** A pull by a clock that only `pass` moves; `say` returns once what the engine said has come in. */
  async function begin() {
    const clock = new VirtualClock(0);
    let told = 0;
    let last: unknown;
    const opened = new Promise<ServerResponse>((resolve) => {
      answer = (response) => {
        response.flushHeaders();
        resolve(response);
      };
    });
    const ended = pull('x:v1', { clock, onProgress: () => void told++ }).then(
      () => 'pulled',
      (thrown: unknown) => {
        last = thrown;
        return 'failed';
      },
    );
    const response = await opened;
    const say = async (line: object) => {
      const before = told;
      response.write(`${JSON.stringify(line)}\r\n`);
      await expect.poll(() => told).toBe(before + 1);
    };
    return { clock, response, say, ended, thrown: () => last };
  }

  it('is ended after five minutes, and says so', async () => {
    const { clock, say, ended, thrown } = await begin();
    await say(layer(10));
    await clock.advance(fetching + 5_000);
    expect(await ended).toBe('failed');
    expect(thrown()).toMatchObject({ code: 'EPH-RUNTIME-PULL-STALLED', facts: { image: 'x:v1' } });
  });

  it('is ended also when the engine says the same again and again', async () => {
    const { clock, response, say, ended, thrown } = await begin();
    await say(layer(10));
    for (let minutes = 0; minutes < fetching / 60_000; minutes++) {
      response.write(`${JSON.stringify(layer(10))}\r\n`);
      await clock.advance(60_000);
    }
    await clock.advance(5_000);
    expect(await ended).toBe('failed');
    expect(thrown()).toMatchObject({ code: 'EPH-RUNTIME-PULL-STALLED' });
  });

  it('is left alone for hours while a byte comes now and then', async () => {
    const { clock, response, say, ended } = await begin();
    for (let bytes = 1; bytes < 60; bytes++) {
      await say(layer(bytes));
      await clock.advance(fetching - 10_000);
    }
    response.end();
    expect(await ended).toBe('pulled');
  });

  it('is given half an hour to unpack what has come', async () => {
    const { clock, say, ended } = await begin();
    await say(layer(10));
    await say({ id: 'a', status: 'Download complete' });
    await clock.advance(unpacking - 10_000);
    await say({ id: 'a', status: 'Pull complete' });
    await clock.advance(unpacking + 5_000);
    expect(await ended).toBe('failed');
  });
});

describe('an engine', () => {
  it('that is too old is refused', async () => {
    api = '1.40';
    await expect(engine().facts()).rejects.toMatchObject({ code: 'EPH-RUNTIME-ENGINE-OLD' });
  });

  it.each([
    ['as Docker says it', { SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'] }, true],
    ['as Podman says it', { SecurityOptions: ['name=seccomp,profile=default'], Rootless: true }, true],
    ['of root', { SecurityOptions: ['name=seccomp,profile=default'], Rootless: false }, false],
  ])('is known to be without root, %s', async (_, info, rootless) => {
    server.removeAllListeners('request');
    server.on('request', ({ url }, response) => {
      const version = { Version: '4.3.1', ApiVersion: '1.41' };
      response.end(JSON.stringify(url?.startsWith('/version') ? version : { DockerRootDir: '/x', ...info }));
    });
    expect(await engine().facts()).toMatchObject({ rootless });
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
