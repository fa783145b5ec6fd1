import type { Finding } from '../findings/finding.ts';
import type { DesiredNode } from './desired.ts';
import type { LayerVerdicts } from './layer-verdict.ts';
import type { ObservedNode } from './observed.ts';
import type { Step } from './step.ts';
import type { Target } from './target.ts';

/** What the parts of a plan look at, once the target is chosen. */
export interface Aim {
  readonly desired: DesiredNode;
  /** With the reset that the plan begins already in its journal. */
  readonly observed: ObservedNode;
  readonly target: Target;
  /** Where each chain layer stands, seen from the target. */
  readonly verdicts: LayerVerdicts;
}

/** The parts' common answer. */
export interface Part {
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
}
