import type { ConformanceCase } from './conformance-harness.ts';
import { logCases } from './conformance-log-cases.ts';
import { mountCases } from './conformance-mount-cases.ts';
import { recoveryCases } from './conformance-recovery-cases.ts';
import { taskCases } from './conformance-task-cases.ts';
import { unitCases } from './conformance-unit-cases.ts';

/**
 * What every runtime must do, as cases that any test runner can run: each gets a fresh harness, throws
 * when the runtime departs from `runtime.ts`, and leaves the closing to the runner.
 */
export const conformanceCases: readonly ConformanceCase[] = [
  ...unitCases,
  ...taskCases,
  ...logCases,
  ...mountCases,
  ...recoveryCases,
];
