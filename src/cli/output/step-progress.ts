import type { EventReport } from '../../operations/control/reports.ts';
import { withProgress } from './progress.ts';

type Around = Parameters<typeof withProgress>[0];

/**
 * Says of the steps that supervisors tell of as events which of them last, as `withProgress` does: for those who
 * watch lines and no live view.
 */
export class StepProgress {
  private readonly around: Around;
  private readonly underWay = new Map<string, () => void>();

  constructor(around: Around) {
    this.around = around;
  }

  event(event: EventReport): void {
    const { type, node, step } = event;
    const key = `${node} ${step}`;
    if (type === 'step.started') this.begin(key, `${node}: ${step}`);
    else if (type === 'step.done' || type === 'step.failed') this.finish(key);
    else if (type === 'supervisor.ending') this.finishAll();
  }

  /** From now until `end` this lasts. */
  begin(key: string, what: string): void {
    this.finish(key);
    void withProgress(
      this.around,
      what,
      () => new Promise<void>((resolve) => this.underWay.set(key, resolve)),
    );
  }

  /** Nothing is said any more. */
  finishAll(): void {
    for (const key of [...this.underWay.keys()]) this.finish(key);
  }

  private finish(key: string): void {
    this.underWay.get(key)?.();
    this.underWay.delete(key);
  }
}
