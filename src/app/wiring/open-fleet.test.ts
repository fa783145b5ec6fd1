import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { parseConfig } from '../../config/parse.ts';
import { geth } from '../../core/clients/execution/geth.ts';
import { FakeHost } from '../../runtimes/fake/fake-host.ts';
import { FakeRuntime } from '../../runtimes/fake/fake-runtime.ts';
import { createServices } from '../services.ts';
import { openFleet } from './open-fleet.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-fleet-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function executionOf(node: string) {
  const real = createServices({ home: join(folder, 'root'), json: true } as never);
  const runtime = new FakeRuntime({ host: new FakeHost({ clock: systemClock }) });
  const text = `version: 1\nnodes: { home: { network: ephemery, ${node} } }`;
  const { config } = parseConfig(text, 'ephemery.yaml');
  const services = { ...real, runtime: async () => runtime };
  const request = { config: { id: 'test', config, folder }, emit: () => undefined, readOnly: true };
  const opened = await openFleet(services, request);
  await opened.close();
  return opened.nodes[0]?.setup.execution;
}

it('who only looks is told the version that `up` would install, and where from', async () => {
  const consensus = 'consensus: { client: lighthouse }';
  const archive = await executionOf(`execution: { client: geth }, ${consensus}`);
  expect(archive).toMatchObject({ version: geth.defaultVersion, program: { client: 'Geth', command: [] } });
  expect(archive?.program.absent).toMatch(/^https:/);
  const image = await executionOf(
    `runtime: container, execution: { client: geth, version: 1.16.7 }, ${consensus}`,
  );
  expect(image).toMatchObject({ version: '1.16.7' });
  expect(image?.program.image).toBeUndefined();
  expect(image?.program.absent).toMatch(/:v1\.16\.7$/);
});
