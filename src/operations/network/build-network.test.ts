import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { networkServices } from '../../../test/support/network-services.ts';
import { buildNetwork } from './build-network.ts';
import { type ServeReport, serveReleases } from './serve-releases.ts';

const inputs = join(import.meta.dirname, '../../../test/fixtures/genesis-inputs');
let services: Awaited<ReturnType<typeof networkServices>>;

beforeEach(async () => {
  services = await networkServices(1_796_000_000_000);
});

afterEach(() => services.remove());

const wish = { inputs, iteration: 42, out: 'made/mine-42', tagPrefix: 'mine-' };

describe('building a network', () => {
  it('makes the folder and says what it is', async () => {
    const told: string[] = [];
    const report = await buildNetwork(services, wish, {
      signal: new AbortController().signal,
      onProgress: (doing) => told.push(doing),
    });
    const directory = join(services.folder, 'made/mine-42');
    expect(report).toMatchObject({ directory, tag: 'mine-42', highestFork: 'fulu', validatorFiles: 4 });
    expect(told.at(0)).toBe('Reading the inputs');
    expect(told.at(-1)).toBe(`Writing ${directory}`);
    const there = await readdir(directory, { recursive: true });
    expect(there).toEqual(expect.arrayContaining([...report.files]));
    await expect(
      buildNetwork(services, wish, { signal: new AbortController().signal, onProgress: () => undefined }),
    ).rejects.toMatchObject({ code: 'EPH-GENESIS-OUTPUT-EXISTS' });
  });

  it('leaves nothing behind when it is stopped at any step', async () => {
    const steps: string[] = [];
    const seen = new Set<string>();
    for (let tries = 0; tries < 10 && !seen.has('Writing'); tries++) {
      const stop = new AbortController();
      const onProgress = (doing: string) => {
        const step = doing.startsWith('Writing') ? 'Writing' : doing;
        if (seen.has(step)) return;
        seen.add(step);
        steps.push(step);
        stop.abort(new Error('enough'));
      };
      await expect(buildNetwork(services, wish, { signal: stop.signal, onProgress })).rejects.toThrow(
        'enough',
      );
      expect(await readdir(join(services.folder, 'made')).catch(() => [])).toEqual([]);
    }
    expect(steps).toHaveLength(6);
  });
});

describe('serving releases', () => {
  async function serving(folder: string, check: (report: ServeReport) => Promise<void>): Promise<void> {
    const stop = new AbortController();
    let checked: Promise<void> | undefined;
    await serveReleases(
      services,
      { folder, host: '127.0.0.1', port: 0 },
      {
        signal: stop.signal,
        onServing: (report) => {
          checked = check(report).finally(() => stop.abort());
        },
      },
    );
    await checked;
  }

  it('takes a folder of releases and a release itself', async () => {
    const quiet = { signal: new AbortController().signal, onProgress: () => undefined };
    await buildNetwork(services, wish, quiet);
    for (const folder of ['made', 'made/mine-42']) {
      await serving(folder, async ({ url, mirrorUrl, tags }) => {
        expect(tags).toEqual(['mine-42']);
        const asset = await fetch(`${url}/releases/download/mine-42/network-config.tar.gz`);
        expect([asset.status, (await asset.arrayBuffer()).byteLength > 1_000]).toEqual([200, true]);
        expect(await (await fetch(`${mirrorUrl}/retention.vars`)).text()).toContain('"mine-42"');
      });
    }
  });

  it('refuses a folder without any, and an address that is taken', async () => {
    await mkdir(join(services.folder, 'empty'));
    const options = { signal: new AbortController().signal, onServing: () => undefined };
    const onPort = (folder: string, port: number) =>
      serveReleases(services, { folder, host: '127.0.0.1', port }, options);
    await expect(onPort('empty', 0)).rejects.toMatchObject({ code: 'EPH-NETWORK-SERVE-NOTHING' });
    await mkdir(join(services.folder, 'some', 'mine-1'), { recursive: true });
    await serving('some', async ({ url }) => {
      await expect(onPort('some', Number(new URL(url).port))).rejects.toMatchObject({
        code: 'EPH-NETWORK-SERVE-ADDRESS',
      });
    });
  });
});
