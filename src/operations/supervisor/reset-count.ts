import type { EventReport } from '../control/reports.ts';

/** Counts, for every node, scheduled resets that went live. */
export class ResetCount {
  private readonly wanted: number;
  private readonly counts = new Map<string, number>();

  constructor(wanted: number) {
    this.wanted = wanted;
  }

  /** True from the event on with which the last node has as many as are wanted. A first start is no reset. */
  isReachedBy(event: EventReport): boolean {
    if (event.type === 'supervisor.started') {
      for (const node of listOf(event.nodes)) this.counts.set(node, 0);
    }
    if (event.type === 'reset.live' && event.cause === 'scheduled') {
      const node = String(event.node);
      this.counts.set(node, (this.counts.get(node) ?? 0) + 1);
    }
    return this.counts.size > 0 && [...this.counts.values()].every((count) => count >= this.wanted);
  }
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
