import type { Finding } from '../../core/findings/finding.ts';
import type { NodeEvent } from './node-event.ts';

/** The findings that hold now; tells of each once when it comes and once when it goes. */
export class FindingBoard {
  private readonly node: string;
  private readonly emit: (event: NodeEvent) => void;
  private open = new Map<string, Finding>();

  constructor(node: string, emit: (event: NodeEvent) => void) {
    this.node = node;
    this.emit = emit;
  }

  get findings(): readonly Finding[] {
    return [...this.open.values()];
  }

  /** Replaces what holds by `findings`. The same code on the same subject is the same finding. */
  update(findings: readonly Finding[]): void {
    const next = new Map(findings.map((finding) => [keyOf(finding), finding]));
    const before = this.open;
    this.open = next;
    for (const [key, finding] of before) {
      if (!next.has(key)) this.emit({ type: 'finding.cleared', node: this.node, finding });
    }
    for (const [key, finding] of next) {
      if (!before.has(key)) this.emit({ type: 'finding.raised', node: this.node, finding });
    }
  }
}

function keyOf({ code, subject, facts }: Finding): string {
  const what = facts.step ?? facts.target ?? '';
  return JSON.stringify([code, subject.network, subject.layer, what]);
}
