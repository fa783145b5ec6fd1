import type { ContainerStats } from 'dockerode';
import type { UnitResources } from '../runtime.ts';

/** What the figures of an engine say of a container; undefined when it has none. */
export function figuresOf(stats: ContainerStats): UnitResources | undefined {
  const usage = stats.memory_stats?.usage;
  const cpuNanoseconds = stats.cpu_stats?.cpu_usage?.total_usage;
  if (usage === undefined || cpuNanoseconds === undefined || usage === 0) return undefined;
  const { inactive_file: inactive, total_inactive_file: totalInactive } = (stats.memory_stats.stats ??
    {}) as Partial<Record<string, number>>;
  // Pages of files count as used until somebody needs the room; the engine's own command leaves them out too.
  return {
    memoryBytes: Math.max(0, usage - (totalInactive ?? inactive ?? 0)),
    cpuSeconds: cpuNanoseconds / 1e9,
  };
}
