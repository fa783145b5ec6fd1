import type { Finding } from '../../core/findings/finding.ts';

/** Findings of those who watch a node beside its controller, for the controller to tell with its own. */
export class FindingShelf {
  private held: readonly Finding[] = [];

  put(findings: readonly Finding[]): void {
    this.held = findings;
  }

  findings(): readonly Finding[] {
    return this.held;
  }
}
