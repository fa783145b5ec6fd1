import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import type { RuntimeHarness } from '../../src/runtimes/conformance-harness.ts';
import { type KillableRuntime, startKillableRuntime } from './killable-runtime.ts';
import type { Podman } from './podman.ts';
import { nodeInside, toyProgram } from './podman-images.ts';
import { livingProcesses } from './process-harness.ts';
import { takeLoopbackPort } from './take-port.ts';

export interface PodmanHarness extends RuntimeHarness {
  readonly folder: string;
  restartDoomed(dieAt: string): Promise<KillableRuntime>;
}

/** Real containers of a root of its own; our own process is one that can be killed. */
export async function createPodmanHarness(podman: Podman, digest: string): Promise<PodmanHarness> {
  const folder = await mkdtemp(join(tmpdir(), 'ephemery-runtime-'));
  const host = { kind: 'container', rootPath: folder, env: { ...podman.environment } } as const;
  let life = await startKillableRuntime(host);
  const next = async (dieAt?: string) => {
    await life.kill();
    life = await startKillableRuntime({ ...host, ...(dieAt === undefined ? {} : { dieAt }) });
    return life;
  };
  // The folder, as a last argument of the program, tells our toys from those of other tests; a container's init
  // has the same command line after its own name.
  const running = async (name: string) =>
    (await livingProcesses()).filter(
      ({ command }) => command.startsWith(nodeInside) && command.endsWith(`${folder} --unit=${name}`),
    );
  return {
    clock: systemClock,
    folder,
    runtime: () => life,
    restart: () => next(),
    restartDoomed: (dieAt) => next(dieAt),
    program: (script) => toyProgram(digest, script, folder),
    missingProgram: () => toyProgram(`sha256:${'0'.repeat(64)}`, {}, folder),
    crash: async (name) => {
      for (const { pid } of await running(name)) process.kill(pid, 'SIGKILL');
    },
    takePort: takeLoopbackPort,
    beginsWithinMs: 6_000,
    countRunning: async (name) => (await running(name)).length,
    settle: (promise) => promise,
    close: async () => {
      await life.kill();
      const label = `label=io.ephemery.root-path=${folder}`;
      const ids = await podman.run('ps', '--all', '--quiet', '--filter', label);
      for (const id of ids.split('\n').filter((line) => line !== '')) {
        await podman.run('rm', '--force', '--time=0', id);
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
