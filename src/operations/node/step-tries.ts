import { isEphemeryError, messageOf } from '../../base/errors.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { nodeFindings } from '../../core/findings/node.ts';
import { defined } from './defined.ts';

interface Trouble {
  tries: number;
  /** Monotonic. */
  untilMs: number;
  code: string;
  detail: string;
  /** What the error itself says to do. */
  remedy: string | undefined;
}

const firstPauseMs = 500;
const longestPauseMs = 60_000;
/** A program's last lines may be anything; this much of them goes into journal, log and findings. */
const longestDetail = 2_000;

/** Failed steps and how long to leave each alone. */
export class StepTries {
  private readonly troubles = new Map<string, Trouble>();

  /** Milliseconds until the step may be tried; 0 when now. */
  pauseMs(step: string, nowMs: number): number {
    return Math.max(0, (this.troubles.get(step)?.untilMs ?? nowMs) - nowMs);
  }

  /** It failed when it was last tried. */
  hasFailed(step: string): boolean {
    return this.troubles.has(step);
  }

  failed(step: string, thrown: unknown, nowMs: number): { readonly code: string; readonly detail: string } {
    const tries = (this.troubles.get(step)?.tries ?? 0) + 1;
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(tries - 1, 16));
    const detail = messageOf(thrown).slice(0, longestDetail);
    const remedy = isEphemeryError(thrown) ? thrown.remedy : undefined;
    const trouble = { tries, untilMs: nowMs + pauseMs, code: codeOf(thrown), detail, remedy };
    this.troubles.set(step, trouble);
    return trouble;
  }

  succeeded(step: string): void {
    this.troubles.delete(step);
  }

  /** Forgets troubles with steps that are not planned any more. */
  keepOnly(steps: readonly string[]): void {
    for (const step of this.troubles.keys()) if (!steps.includes(step)) this.troubles.delete(step);
  }

  findings(node: string): readonly Finding[] {
    return [...this.troubles].map(([step, { code, detail, tries, remedy }]) =>
      nodeFindings.create(
        'EPH-NODE-STEP-FAILED',
        { step, code, detail, tries, ...defined({ remedy }) },
        { node },
      ),
    );
  }
}

/** Our code, else the system's (`ENOSPC`), else that it is a defect. */
function codeOf(thrown: unknown): string {
  if (isEphemeryError(thrown)) return thrown.code;
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'UNEXPECTED';
}
