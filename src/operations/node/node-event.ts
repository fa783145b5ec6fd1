import type { Finding } from '../../core/findings/finding.ts';
import type { NodeLayer } from '../../core/node/desired.ts';
import type { ResetCause, StepTiming } from '../../core/node/journal-entry.ts';
import type { ResetProgress } from '../../core/node/journal-state.ts';

/** Which network a reset goes to; on every event of a reset. */
interface ResetFacts {
  readonly node: string;
  readonly iteration: number;
  readonly chainId: number;
  readonly genesisValidatorsRoot: string;
  readonly executionGenesisHash: string;
  /** Absent at the first start. */
  readonly previousIteration?: number;
  readonly cause: ResetCause;
}

export interface ResetReport extends ResetFacts {
  readonly steps: readonly StepTiming[];
  /** From T (for a first or forced one, from its begin) until both clients were proven. */
  readonly totalMs: number;
  /** Of these, what was spent waiting for a release, a hold or ourselves to be started. */
  readonly waitedMs: number;
  /** Of these, what the clients' own stop and start did not take. */
  readonly ownMs: number;
}

/** What happens to nodes, as it happens; hooks, the command line and the API all speak in these. */
export type NodeEvent =
  | { readonly type: 'step.started'; readonly node: string; readonly step: string }
  | { readonly type: 'step.done'; readonly node: string; readonly step: string; readonly durationMs: number }
  | {
      readonly type: 'step.failed';
      readonly node: string;
      readonly step: string;
      readonly code: string;
      readonly detail: string;
    }
  | ({ readonly type: 'reset.started' } & ResetFacts)
  | ({ readonly type: 'reset.completed' } & ResetReport)
  | ({ readonly type: 'reset.live' } & ResetReport & { readonly liveAfterMs: number })
  | {
      readonly type: 'unit.exited';
      readonly node: string;
      readonly layer: NodeLayer;
      readonly exitCode?: number;
      /** It did not end: the runtime does not know it any more. */
      readonly wasRemoved?: true;
    }
  /** With what a new consensus directory begins, and which providers vouch for it, or why none does. */
  | {
      readonly type: 'checkpoint.chosen';
      readonly node: string;
      readonly from: 'checkpoint' | 'genesis';
      readonly url?: string;
      readonly epoch?: number;
      readonly root?: string;
      readonly confirmedBy?: readonly string[];
      readonly reason?: string;
    }
  /** The consensus client was asked, and has the block that the providers agreed on; once each time that we are started. */
  | { readonly type: 'checkpoint.held'; readonly node: string; readonly epoch: number; readonly root: string }
  | { readonly type: 'finding.raised'; readonly node: string; readonly finding: Finding }
  | { readonly type: 'finding.cleared'; readonly node: string; readonly finding: Finding };

export type ResetEvent = Extract<NodeEvent, { type: 'reset.completed' | 'reset.live' }>;

/** The facts of a reset that every event of it carries. */
export function resetFacts(node: string, reset: ResetProgress): ResetFacts {
  const { iteration, chainId, genesisValidatorsRoot, executionGenesisHash } = reset.identity;
  const { previousIteration, cause } = reset;
  return {
    node,
    iteration,
    chainId,
    genesisValidatorsRoot,
    executionGenesisHash,
    ...(previousIteration === undefined ? {} : { previousIteration }),
    cause,
  };
}

/** How long a completed reset took. A wall clock that jumped meanwhile shows as 0, never as less. */
export function resetReport(node: string, reset: ResetProgress): ResetReport {
  const completedAtMs = reset.completedAtMs ?? reset.startedAtMs;
  const totalMs = Math.max(0, completedAtMs - reset.scheduledAtMs);
  const clientMs = reset.steps
    .filter((step) => step.spentOn === 'client')
    .reduce((sum, step) => sum + step.durationMs, 0);
  const ownMs = Math.max(0, Math.round(totalMs - reset.waitedMs - clientMs));
  return { ...resetFacts(node, reset), steps: reset.steps, totalMs, waitedMs: reset.waitedMs, ownMs };
}
