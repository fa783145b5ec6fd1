import { buildClientsImage, clientArtifacts } from '../../test/support/container-images.ts';
import { missingPodman, Podman } from '../../test/support/podman.ts';
import { type Bench, BenchUnavailable } from './bench.ts';
import { median } from './result.ts';
import { type RunningDevnet, startDevnet } from './running-devnet.ts';

const config = JSON.stringify({
  version: 1,
  networks: { local: { devnet: { slot: '1s', period: '40s' } } },
  nodes: {
    home: {
      network: 'local',
      runtime: 'container',
      execution: { client: 'ethereumjs', artifact: clientArtifacts.ethereumjs },
      consensus: { client: 'mayfly', artifact: clientArtifacts.mayfly },
    },
  },
});
const processRuns = 3;

let devnet: RunningDevnet | undefined;
let processSeconds = 0;

/** Both runtimes on this machine, one after the other: what containers cost, and not what the machine does. */
export const bench: Bench = {
  name: 'reset-containers',
  what: 'a reset with both clients in containers (Podman), beyond the same reset of processes',
  unit: 's',
  limit: { value: 2 },
  warmups: 1,
  runs: 5,
  async prepare() {
    if (missingPodman() !== undefined) return async () => undefined;
    processSeconds = await measureProcesses();
    const podman = await Podman.start();
    try {
      await buildClientsImage(podman);
      devnet = await startDevnet([], { config, env: podman.environment });
    } catch (cause) {
      await podman.close();
      throw cause;
    }
    return async () => {
      await devnet?.stop();
      await podman.close();
    };
  },
  async run() {
    const lack = missingPodman();
    if (lack !== undefined || devnet === undefined)
      throw new BenchUnavailable(lack ?? 'nothing was prepared');
    return { value: (await nextReset(devnet)) - processSeconds, peakMemoryMb: 'unknown' };
  },
};

async function measureProcesses(): Promise<number> {
  const processes = await startDevnet(['--slot', '1s', '--period', '40s']);
  try {
    const values: number[] = [];
    for (let run = 0; run <= processRuns; run++) values.push(await nextReset(processes));
    return median(values.slice(1));
  } finally {
    await processes.stop();
  }
}

/** Seconds from T until both clients were proven. */
async function nextReset(running: RunningDevnet): Promise<number> {
  const reset = await running.next(({ type, cause }) => type === 'reset.completed' && cause === 'scheduled');
  return Number(reset.totalMs) / 1_000;
}
