import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { UnitResources } from '../runtime.ts';

/** USER_HZ, the unit of times in /proc: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Resident memory and processor time of a process, its threads included; undefined when they cannot be read. */
export async function processFigures(pid: number): Promise<UnitResources | undefined> {
  return (process.platform === 'linux' ? linuxFigures(pid) : portableFigures(pid)).catch(() => undefined);
}

/** proc(5): utime and stime are fields 14 and 15 of stat; VmRSS stands in status, in KiB. */
async function linuxFigures(pid: number): Promise<UnitResources | undefined> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const residentKib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (residentKib === undefined) return undefined;
  return {
    memoryBytes: Number(residentKib) * 1024,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
  };
}

async function portableFigures(pid: number): Promise<UnitResources | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=,time=', '-p', String(pid)], {
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  const [residentKib, time] = stdout.trim().split(/\s+/);
  if (residentKib === undefined || time === undefined) return undefined;
  return { memoryBytes: Number(residentKib) * 1024, cpuSeconds: secondsOf(time) };
}

/** `ps` prints [days-][hours:]minutes:seconds[.hundredths]. */
function secondsOf(time: string): number {
  const [clock = '0', days = '0'] = time.split('-').reverse();
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}
