import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemClock } from '../../src/base/clock.ts';
import type { ProgramScript, RuntimeHarness } from '../../src/runtimes/conformance-harness.ts';
import type { InstalledProgram } from '../../src/runtimes/runtime.ts';
import { type KillableRuntime, startKillableRuntime } from './killable-runtime.ts';
import { takeLoopbackPort } from './take-port.ts';

const toyPath = fileURLToPath(new URL('./toy-program.mjs', import.meta.url));

export interface ProcessHarness extends RuntimeHarness {
  readonly folder: string;
  program(script: ProgramScript & { readonly showsEnvironment?: boolean }): InstalledProgram;
  readonly recordsFolder: string;
  readonly logsFolder: string;
  /** A life that kills itself at this moment of its next start. */
  restartDoomed(dieAt: string): Promise<KillableRuntime>;
}

/** Real processes in a temporary folder; our own process is one that can be killed. */
export async function createProcessHarness(): Promise<ProcessHarness> {
  const folder = await mkdtemp(join(tmpdir(), 'ephemery-runtime-'));
  const dataFolder = join(folder, 'data');
  await mkdir(dataFolder, { mode: 0o700 });
  const folders = { recordsFolder: join(folder, 'units'), logsFolder: join(folder, 'logs') };
  let life = await startKillableRuntime(folders);
  const next = async (dieAt?: string) => {
    await life.kill();
    life = await startKillableRuntime({ ...folders, ...(dieAt === undefined ? {} : { dieAt }) });
    return life;
  };
  const toy = (script: object): InstalledProgram => ({
    client: 'toy',
    version: '1',
    // The folder, as a last argument of the program, tells our toys from those of other tests.
    command: [process.execPath, toyPath, JSON.stringify(script), folder],
  });
  return {
    clock: systemClock,
    folder,
    ...folders,
    runtime: () => life,
    restart: () => next(),
    restartDoomed: (dieAt) => next(dieAt),
    program: toy,
    missingProgram: () => ({ client: 'toy', version: '1', command: [join(folder, 'nothing-here')] }),
    crash: async (name) => {
      for (const pid of await pidsOf(`${folder} --unit=${name}`)) process.kill(pid, 'SIGKILL');
    },
    takePort: takeLoopbackPort,
    dataFolder,
    beginsWithinMs: 6_000,
    countRunning: async (name) => (await pidsOf(`${folder} --unit=${name}`)).length,
    settle: (promise) => promise,
    close: async () => {
      await life.kill();
      for (const pid of await pidsOf(folder)) process.kill(pid, 'SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Processes that live and have this text in their command line. */
export async function pidsOf(text: string): Promise<readonly number[]> {
  return (await livingProcesses())
    .filter((line) => `${line.command} `.includes(`${text} `))
    .map((line) => line.pid);
}

/** All processes of this host that are no zombies. */
export async function livingProcesses(): Promise<readonly ProcessLine[]> {
  const lines = process.platform === 'linux' ? await linuxProcesses() : await portableProcesses();
  return lines.filter((line) => !line.state.startsWith('Z'));
}

export interface ProcessLine {
  readonly pid: number;
  readonly state: string;
  readonly command: string;
}

async function linuxProcesses(): Promise<readonly ProcessLine[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return {
        pid: Number(pid),
        state: command === '' ? 'Z' : 'S',
        command: command.replaceAll('\0', ' ').trim(),
      };
    }),
  );
  return lines;
}

async function portableProcesses(): Promise<readonly ProcessLine[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,stat=,args=']);
  return stdout.split('\n').map((line) => {
    const [pid, state = 'Z', ...command] = line.trim().split(/\s+/);
    return { pid: Number(pid), state, command: command.join(' ') };
  });
}
