import type { Finding } from '../../core/findings/finding.ts';
import type { SupervisorEvent } from './supervisor-event.ts';

/** Findings about local networks, of which each is told once when it begins to hold and once when it ends. */
export class ToldFindings {
  private readonly emit: (event: SupervisorEvent) => void;
  private readonly told = new Map<string, readonly Finding[]>();

  constructor(emit: (event: SupervisorEvent) => void) {
    this.emit = emit;
  }

  get all(): readonly Finding[] {
    return [...this.told.values()].flat();
  }

  /** All that holds of a network now. Two findings are one when `isSame` says so, whatever else they tell. */
  tell(
    network: string,
    findings: readonly Finding[],
    isSame: (one: Finding, other: Finding) => boolean,
  ): void {
    const before = this.told.get(network) ?? [];
    const isIn = (list: readonly Finding[], one: Finding) => list.some((other) => isSame(one, other));
    this.told.set(network, findings);
    for (const finding of findings)
      if (!isIn(before, finding)) this.emit({ type: 'devnet.finding', network, holds: true, finding });
    for (const finding of before)
      if (!isIn(findings, finding)) this.emit({ type: 'devnet.finding', network, holds: false, finding });
  }

  /** What was told of networks other than these ends. */
  keepOnly(networks: readonly string[]): void {
    for (const network of this.told.keys()) {
      if (networks.includes(network)) continue;
      this.tell(network, [], () => false);
      this.told.delete(network);
    }
  }
}
