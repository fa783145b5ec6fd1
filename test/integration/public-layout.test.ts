import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServices } from '../../src/app/services.ts';
import { openFleet } from '../../src/app/wiring/open-fleet.ts';
import { VirtualClock } from '../../src/base/virtual-clock.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { publicNetwork } from '../../src/core/network/public-network.ts';
import { releaseTag, scheduleOf } from '../../src/core/network/schedule.ts';
import type { Plan } from '../../src/core/node/plan.ts';
import { describeStep } from '../../src/core/node/step.ts';
import type { OpenedFleet, Services } from '../../src/operations/services.ts';
import { type Releaser, startReleaser } from '../../src/releases/serve/releaser.ts';
import { removeRelease } from '../../src/releases/store/install-release.ts';
import { openReleaseLibrary } from '../../src/releases/store/open-library.ts';
import { FakeHost } from '../../src/runtimes/fake/fake-host.ts';
import { FakeRuntime } from '../../src/runtimes/fake/fake-runtime.ts';
import { writeReleaseFolder } from '../support/pack-release.ts';
import { syntheticRelease } from '../support/synthetic-release.ts';

// The public network's own definition and numbers, its releases on a local copy of the public host and its mirror, and a
// clock of our own: what a fresh `up` fetches, verifies and plans, on any day of the iteration.
const reset = scheduleOf(publicNetwork, 167).startSeconds * 1_000;
const hour = 3_600_000;

let folder: string;
let releaser: Releaser;
let clock: VirtualClock;
let opened: OpenedFleet | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'public-layout-'));
  // The host's clock is right: what it says of the date is what we go by.
  clock = new VirtualClock(reset);
  releaser = await startReleaser({ clock });
});
afterEach(async () => {
  // Ends what is still being fetched ahead.
  for (const node of opened?.fleet.nodes.values() ?? []) await node.run(AbortSignal.abort());
  await opened?.close();
  opened = undefined;
  await releaser.close();
  // What is verified is read-only.
  await removeRelease(join(folder, 'root', 'releases')).catch(() => undefined);
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

async function publish(iteration: number): Promise<void> {
  const release = join(folder, 'published', releaseTag(publicNetwork, iteration));
  await writeReleaseFolder(release, syntheticRelease({ iteration }));
  releaser.publish(releaseTag(publicNetwork, iteration), release);
}

/** A program of that name on this machine that tells a version, and would do nothing else. */
async function program(name: string, version: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\necho "${name} Version: ${version}"\n`);
  await chmod(file, 0o755);
  return file;
}

/** `up` at that moment, as far as its node can be looked at: everything real but the clock and the programs. */
async function freshInstall(nowMs: number) {
  clock.jump(nowMs - clock.nowMs());
  const host = new FakeHost({ clock });
  const real = createServices({ home: join(folder, 'root'), json: true } as never);
  const services: Services = {
    ...real,
    clock,
    runtime: async () => new FakeRuntime({ host }),
    openLibrary: async (definition) =>
      openReleaseLibrary({
        definition: {
          ...definition,
          releaseSources: [
            { kind: 'github', url: releaser.url },
            { kind: 'mirror', url: releaser.mirrorUrl },
          ],
        },
        root: real.paths.releases,
        clock,
        environment: {},
      }),
  };
  const { config } = parseConfig(
    `version: 1
nodes:
  home:
    network: ephemery
    execution: { client: reth, version: "2.7.0", artifact: { kind: path, path: ${await program('reth', '2.7.0')} } }
    consensus: { client: nimbus, version: "26.7.0", artifact: { kind: path, path: ${await program('nimbus', '26.7.0')} } }
`,
    'ephemery.yaml',
  );
  opened = await openFleet(services, {
    config: { id: 'test', config, folder },
    emit: () => undefined,
  });
  const [node] = opened.fleet.nodes.values();
  if (node === undefined) throw new Error('there is no node');
  return {
    node,
    held: async (iteration: number) => (await opened?.nodes[0]?.environment.releases.held(iteration)) ?? [],
  };
}

type Fresh = Awaited<ReturnType<typeof freshInstall>>;

/** Lets the controller look once, so that it fetches what it needs, and plans again when that has come. */
async function settle({ node }: Fresh, awaited: number): Promise<Plan> {
  await node.tick();
  const endsAtMs = Date.now() + 30_000;
  for (;;) {
    const { observed, plan } = await node.survey();
    if (observed.bundles.some(({ identity }) => identity.iteration === awaited)) return plan;
    if (Date.now() > endsAtMs) throw new Error(`the release of ${awaited} did not come`);
  }
}

const target = (plan: Plan) => plan.target?.iteration;
const words = ({ steps }: Plan) => steps.map(describeStep);

describe('a fresh install on the public network', () => {
  it('joins the iteration of the clock, fetched by its tag and verified', async () => {
    await publish(166);
    const fresh = await freshInstall(reset - 9 * 24 * hour);
    const plan = await settle(fresh, 166);
    expect(plan).toMatchObject({ wanted: 166, target: { iteration: 166, chainId: 39_438_166 } });
    const [bundle] = await fresh.held(166);
    expect(bundle?.identity).toEqual(plan.target);
    expect(words(plan).join('; ')).toMatch(
      /start execution \(reth\) on 166-.*start consensus \(nimbus\) on 166-/,
    );
  });

  it('joins the current iteration inside the two hours before a reset, when latest is the next', async () => {
    await publish(166);
    await publish(167);
    const latest = await fetch(`${releaser.url}/releases/latest`, { redirect: 'manual' });
    expect(latest.headers.get('location')).toContain('ephemery-167');
    const fresh = await freshInstall(reset - hour);
    expect(target(await settle(fresh, 166))).toBe(166);
    // The next one is fetched ahead, and waits for its time.
    await settle(fresh, 167);
    expect((await fresh.held(167)).map(({ identity }) => identity.chainId)).toEqual([39_438_167]);
    clock.jump(hour - 1_000);
    expect(target(await fresh.node.plan())).toBe(166);
    clock.jump(1_000);
    const atReset = await fresh.node.plan();
    expect(atReset).toMatchObject({ wanted: 167, target: { iteration: 167 } });
    expect(words(atReset).join('; ')).toMatch(/begin the reset to 167-/);
  });

  it('waits when only the next one can be had, from the host and from its mirror', async () => {
    await publish(167);
    const fresh = await freshInstall(reset - hour);
    const plan = await settle(fresh, 167);
    expect(plan.wanted).toBe(166);
    expect(plan.target).toBeUndefined();
    expect(words(plan)).toEqual(['wait for a verified release of iteration 166']);
    expect(await fresh.held(166)).toEqual([]);
  });

  it('takes the mirror when the host turns it away', async () => {
    await publish(166);
    releaser.setFaults([{ kind: 'rate-limited', paths: 'tags' }]);
    const fresh = await freshInstall(reset - 3 * hour);
    expect(target(await settle(fresh, 166))).toBe(166);
  });

  it('does not take what the mirror has under the name of the wanted one', async () => {
    await publish(166);
    await publish(167);
    releaser.setFaults([{ kind: 'outage', paths: 'tags', tag: 'ephemery-166' }]);
    const fresh = await freshInstall(reset - hour);
    expect(target(await settle(fresh, 167))).toBeUndefined();
    expect(await fresh.held(166)).toEqual([]);
  });
});
