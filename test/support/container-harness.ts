import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import type { RuntimeHarness } from '../../src/runtimes/conformance-harness.ts';
import type { ContainerEngine } from './container-engine.ts';
import { nodeInside, toyProgram } from './container-images.ts';
import { type KillableRuntime, startKillableRuntime } from './killable-runtime.ts';
import { livingProcesses } from './process-harness.ts';
import { takeLoopbackPort } from './take-port.ts';

export interface ContainerHarness extends RuntimeHarness {
  readonly folder: string;
  restartDoomed(dieAt: string): Promise<KillableRuntime>;
}

/** Real containers of a root of its own; our own process is one that can be killed. */
export async function createContainerHarness(
  engine: ContainerEngine,
  digest: string,
): Promise<ContainerHarness> {
  const folder = await mkdtemp(join(tmpdir(), 'ephemery-runtime-'));
  const dataFolder = join(folder, 'data');
  await mkdir(dataFolder, { mode: 0o700 });
  const host = { kind: 'container', rootPath: folder, env: { ...engine.environment } } as const;
  let life = await startKillableRuntime(host);
  const next = async (dieAt?: string) => {
    await life.kill();
    life = await startKillableRuntime({ ...host, ...(dieAt === undefined ? {} : { dieAt }) });
    return life;
  };
  // The folder, as a last argument of the program, tells our toys from those of other tests. A container's init has
  // the same command line after its own name, and is there a moment before the program.
  const named = async (name: string) =>
    (await livingProcesses()).filter(({ command }) => command.endsWith(`${folder} --unit=${name}`));
  const running = async (name: string) =>
    (await named(name)).filter(({ command }) => command.startsWith(nodeInside));
  const countNow = async (name: string) => {
    const all = await named(name);
    const programs = all.filter(({ command }) => command.startsWith(nodeInside));
    return Math.max(programs.length, all.length - programs.length);
  };
  const ofRoot = `label=io.ephemery.root-path=${folder}`;
  const idsOf = async (...filters: readonly string[]) =>
    (await engine.run('ps', '--quiet', ...filters, '--filter', ofRoot))
      .split('\n')
      .filter((line) => line !== '');
  // What the engine calls running gets its command line a moment later, and has none any more a moment before.
  const count = async (name: string) => {
    for (;;) {
      const found = await countNow(name);
      if (found > 0) return found;
      if ((await idsOf('--filter', `label=io.ephemery.unit=${name}`)).length === 0) return countNow(name);
    }
  };
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
    dataFolder,
    beginsWithinMs: 6_000,
    countRunning: count,
    settle: (promise) => promise,
    close: async () => {
      await life.kill();
      for (const id of await idsOf('--all')) await engine.remove(id);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
