import type { Clock } from '../base/clock.ts';
import { portHolder } from '../base/port-holder.ts';
import type { PublishedPort, UnitSpec } from '../core/clients/units.ts';
import { runtimeErrors } from './errors.ts';

/** A program that was just killed may hold its ports a moment longer than it is to be seen. */
const patienceMs = 2_000;
const everyMs = 50;

/**
 * Looks at the ports of a unit that is about to run on this host's network: on a taken one its program would end, with
 * words in its log at best, or its answers would be the other's. Throws EPH-RUNTIME-PORT-TAKEN.
 */
export async function refuseTakenPorts({ name, ports }: UnitSpec, clock: Clock): Promise<void> {
  const untilMs = clock.monotonicMs() + patienceMs;
  for (;;) {
    const taken = await firstTaken(ports);
    if (taken === undefined) return;
    const { port, reason } = taken;
    if (clock.monotonicMs() >= untilMs)
      throw runtimeErrors.create('EPH-RUNTIME-PORT-TAKEN', { unit: name, reason, port });
    await clock.sleep(everyMs);
  }
}

async function firstTaken(ports: readonly PublishedPort[]) {
  for (const wanted of ports) {
    const holder = await portHolder(wanted);
    const { name, protocol, port } = wanted;
    if (holder !== undefined)
      return { port, reason: `${port} (${name}, ${protocol.toUpperCase()}) is used by ${holder}` };
  }
  return undefined;
}
