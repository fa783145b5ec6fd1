import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, BenchUnavailable } from './bench.ts';
import { type RunningDevnet, startDevnet } from './running-devnet.ts';

let devnet: RunningDevnet | undefined;

export const bench: Bench = {
  name: 'supervisor',
  what: 'resident memory of the supervisor, idle beside a running node for half a minute',
  unit: 'MB',
  limit: { value: 150 },
  warmups: 0,
  runs: 5,
  prepare: async () => {
    if (process.platform !== 'linux')
      throw new BenchUnavailable('memory is read from /proc, which only Linux has');
    devnet = await startDevnet(['--slot', '2s', '--period', '10m']);
    await devnet.next(({ type }) => type === 'reset.live');
    await sleep(30_000);
    return devnet.stop;
  },
  run: async () => {
    await sleep(2_000);
    const residentKb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${devnet?.pid}/status`, 'utf8'))?.[1];
    return { value: Number(residentKb) / 1_024, peakMemoryMb: 'unknown' };
  },
};
