import { supervisorControl } from '../open-control.ts';
import type { Services } from '../services.ts';

/** The versions of the clients that a living supervisor keeps; a program that may be one of them is not removed. */
export async function runningVersions(services: Services): Promise<ReadonlySet<string>> {
  const control = await supervisorControl(services);
  if (control === undefined) return new Set();
  const { nodes } = await control.status();
  return new Set(nodes.flatMap(({ clients }) => clients.map(({ version }) => version)));
}
