import type { Finding } from '../../core/findings/finding.ts';
import type { DevnetSettings } from '../devnet/devnet-settings.ts';
import { type DevnetPortServices, takenDevnetPorts, takenPortFinding } from '../devnet/taken-devnet-ports.ts';
import type { SupervisorEvent } from './supervisor-event.ts';

/**
 * Ports of local networks that somebody else has, told once they were seen in two looks in a row: a client that ends or
 * begins just now may have a port and not be known to run.
 */
export class DevnetPortWatch {
  private readonly services: DevnetPortServices;
  private readonly emit: (event: SupervisorEvent) => void;
  private readonly seen = new Map<string, ReadonlySet<number>>();
  private readonly told = new Map<string, readonly Finding[]>();

  constructor(services: DevnetPortServices, emit: (event: SupervisorEvent) => void) {
    this.services = services;
    this.emit = emit;
  }

  get findings(): readonly Finding[] {
    return [...this.told.values()].flat();
  }

  /** One look at a network; `isServed`: its service runs. */
  async look(settings: DevnetSettings, isServed: boolean): Promise<void> {
    const { name } = settings;
    const taken = await takenDevnetPorts(this.services, settings, isServed);
    const before = this.seen.get(name);
    this.seen.set(name, new Set(taken.map(({ port }) => port)));
    this.tell(name, taken.filter(({ port }) => before?.has(port) === true).map(takenPortFinding));
  }

  /** Networks that are kept no more hinder nobody. */
  keepOnly(names: readonly string[]): void {
    for (const name of this.seen.keys()) {
      if (names.includes(name)) continue;
      this.seen.delete(name);
      this.tell(name, []);
    }
  }

  private tell(network: string, findings: readonly Finding[]): void {
    const before = this.told.get(network) ?? [];
    const isIn = (list: readonly Finding[], { facts }: Finding) =>
      list.some((other) => other.facts.port === facts.port);
    this.told.set(network, findings);
    for (const finding of findings)
      if (!isIn(before, finding)) this.emit({ type: 'devnet.finding', network, holds: true, finding });
    for (const finding of before)
      if (!isIn(findings, finding)) this.emit({ type: 'devnet.finding', network, holds: false, finding });
  }
}
