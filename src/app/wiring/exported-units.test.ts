import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeReleaseFolder } from '../../../test/support/pack-release.ts';
import { syntheticRelease } from '../../../test/support/synthetic-release.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { parseConfig } from '../../config/parse.ts';
import { publicNetwork } from '../../core/network/public-network.ts';
import { releaseTag, scheduleOf } from '../../core/network/schedule.ts';
import { exportedUnits } from '../../operations/export/exported-units.ts';
import { systemdUnits } from '../../operations/export/systemd-units.ts';
import type { Services } from '../../operations/services.ts';
import { removeRelease } from '../../releases/store/install-release.ts';
import { openReleaseLibrary } from '../../releases/store/open-library.ts';
import { FakeHost } from '../../runtimes/fake/fake-host.ts';
import { FakeRuntime } from '../../runtimes/fake/fake-runtime.ts';
import { createServices } from '../services.ts';
import { openFleet } from './open-fleet.ts';

const iteration = 166;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-export-'));
});

afterEach(async () => {
  await removeRelease(join(folder, 'root', 'releases'));
  await rm(folder, { recursive: true });
});

/** What a node would run, the release held and nothing started yet. */
async function unitsOf(node: string) {
  const published = join(folder, 'published');
  await writeReleaseFolder(
    join(published, releaseTag(publicNetwork, iteration)),
    syntheticRelease({ iteration }),
  );
  const clock = new VirtualClock(scheduleOf(publicNetwork, iteration).startSeconds * 1_000 + 86_400_000);
  const real = createServices({ home: join(folder, 'root'), json: true } as never);
  const runtime = new FakeRuntime({ host: new FakeHost({ clock }) });
  const services: Services = {
    ...real,
    clock,
    runtime: async () => runtime,
    openLibrary: async (definition) =>
      openReleaseLibrary({
        definition: { ...definition, releaseSources: [{ kind: 'directory', path: published }] },
        root: real.paths.releases,
        clock,
        environment: {},
      }),
  };
  const { config } = parseConfig(
    `version: 1\nnodes: { home: { network: ephemery, ${node} } }`,
    'ephemery.yaml',
  );
  const request = { config: { id: 'test', config, folder }, emit: () => undefined, readOnly: true };
  const opened = await openFleet(services, request);
  try {
    const [home] = opened.nodes;
    if (home === undefined) throw new Error('no node');
    await home.environment.releases.obtain(iteration, new AbortController().signal);
    const look = () => exportedUnits(home);
    return { look, units: await look() };
  } finally {
    await opened.close();
  }
}

it('what is exported has its tasks, and tells which of its files `up` has yet to make', async () => {
  const { units, look } = await unitsOf('execution: { client: geth }, consensus: { client: prysm }');
  const [execution, consensus] = units;
  expect(execution?.tasks.map(({ name, args }) => [name, args[0]])).toEqual([
    ['home.execution.init', 'init'],
  ]);
  expect(consensus?.tasks).toEqual([]);
  const unmade = consensus?.unmade ?? [];
  const config = unmade.find((path) => basename(path) === 'config.yaml') ?? '';
  expect(unmade).toContain(dirname(config));
  expect(unmade.map((path) => basename(path))).toContain('jwt.hex');
  await mkdir(dirname(config), { recursive: true });
  await writeFile(config, '');
  const [, after] = await look();
  for (const made of [config, dirname(config)]) expect(after?.unmade).not.toContain(made);
  expect(after?.unmade).not.toEqual([]);
});

it('programs that are not here are named by version and tag, or not exported', async () => {
  const pair = 'execution: { client: geth }, consensus: { client: lighthouse }';
  const { units } = await unitsOf(`runtime: container, ${pair}`);
  for (const { program } of units) expect(program.absent).toMatch(/:v\d+\.\d+\.\d+$/);
  expect(() => systemdUnits(units)).toThrow(
    expect.objectContaining({ code: 'EPH-EXPORT-PROGRAM-MISSING' }) as Error,
  );
});
