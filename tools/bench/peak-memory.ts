import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** Peak resident memory of a running process, in MB, where the system tells. */
export async function peakMemoryOf(pid: number): Promise<number | 'unknown'> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
  return kilobytes === undefined ? 'unknown' : Number(kilobytes) / 1_024;
}

const tellAtExit = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));",
)}`;

interface ProgramRun {
  /** From the start of the process to its end. */
  readonly durationMs: number;
  readonly peakMemoryMb: number;
}

/** Runs a program of Node twice: as it is for the time, then with a word at its end for the memory. */
export function runProgram(args: readonly string[]): ProgramRun {
  const startMs = performance.now();
  const timed = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const durationMs = performance.now() - startMs;
  const weighed = spawnSync(process.execPath, ['--import', tellAtExit, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  for (const { status, stderr } of [timed, weighed]) {
    if (status !== 0) throw new Error(`ended with ${status}: ${stderr}`);
  }
  return { durationMs, peakMemoryMb: Number(weighed.output[3]) / 1_024 };
}
