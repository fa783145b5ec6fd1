import type { Finding } from '../../core/findings/finding.ts';
import type { DevnetSettings } from '../devnet/devnet-settings.ts';
import { type DevnetPortServices, takenDevnetPorts, takenPortFinding } from '../devnet/taken-devnet-ports.ts';
import type { SupervisorEvent } from './supervisor-event.ts';
import { ToldFindings } from './told-findings.ts';

/**
 * Ports of local networks that somebody else has, told once they were seen in two looks in a row: a client that ends or
 * begins just now may have a port and not be known to run.
 */
export class DevnetPortWatch {
  private readonly services: DevnetPortServices;
  private readonly seen = new Map<string, ReadonlySet<number>>();
  private readonly told: ToldFindings;

  constructor(services: DevnetPortServices, emit: (event: SupervisorEvent) => void) {
    this.services = services;
    this.told = new ToldFindings(emit);
  }

  get findings(): readonly Finding[] {
    return this.told.all;
  }

  /** One look at a network; `isServed`: its service runs. */
  async look(settings: DevnetSettings, isServed: boolean): Promise<void> {
    const { name } = settings;
    const taken = await takenDevnetPorts(this.services, settings, isServed);
    const before = this.seen.get(name);
    this.seen.set(name, new Set(taken.map(({ port }) => port)));
    const findings = taken.filter(({ port }) => before?.has(port) === true).map(takenPortFinding);
    this.told.tell(name, findings, (one, other) => one.facts.port === other.facts.port);
  }

  /** Networks that are kept no more hinder nobody. */
  keepOnly(names: readonly string[]): void {
    for (const name of this.seen.keys()) if (!names.includes(name)) this.seen.delete(name);
    this.told.keepOnly(names);
  }
}
