import type { Runtime } from '../../runtimes/runtime.ts';
import { openContainers } from '../wiring/containers.ts';
import type { RuntimeContext } from '../wiring/runtime-context.ts';

interface RuntimeEntry {
  readonly id: string;
  /** Loads the runtime's own library on the way. */
  create(context: RuntimeContext): Promise<Runtime>;
}

/** Every runtime that a configuration can name. */
export const runtimes = [
  {
    id: 'process',
    create: async ({ paths, clock, random, log, env }) => {
      const { createProcessRuntime } = await import('../../runtimes/process/process-runtime.ts');
      return createProcessRuntime({
        recordsFolder: `${paths.run}/units`,
        logsFolder: paths.logs,
        clock,
        random,
        env,
        log,
      });
    },
  },
  {
    id: 'container',
    create: async (context) => (await openContainers(context)).runtime,
  },
] as const satisfies readonly RuntimeEntry[];
