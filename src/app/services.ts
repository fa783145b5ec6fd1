import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import type { GlobalValues } from '../cli/run.ts';
import type { HostFacts, Services } from '../operations/services.ts';
import { findRoot, rootPaths } from '../storage/files/root-paths.ts';
import { clients } from './registries/clients.ts';
import { programVersion } from './version.ts';

/** Makes everything that operations act through, for one command. */
export async function createServices(globals: GlobalValues): Promise<Services> {
  const host = hostFacts();
  return {
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    host,
    paths: rootPaths(findRoot(globals.home, host)),
    clients,
  };
}

function hostFacts(): HostFacts {
  const main = process.argv[1] ?? '';
  return {
    env: process.env,
    platform: process.platform,
    workingDirectory: process.cwd(),
    program: [process.execPath, ...process.execArgv, main],
    version: programVersion(),
  };
}
