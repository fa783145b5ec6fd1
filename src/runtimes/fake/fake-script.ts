import type { TaskSpec, UnitSpec } from '../../core/clients/units.ts';
import type { InstalledProgram } from '../runtime.ts';

/** What one run of a program will do, decided when it is started. All that is absent goes well at once. */
export interface FakeScript {
  /** The start is refused with this reason and nothing runs. */
  readonly startFails?: string;
  /** The program runs, but the answer to `start` is lost. */
  readonly replyLost?: boolean;
  /** Its probe answers only after this long. */
  readonly readyAfterMs?: number;
  /** It ends by itself after this long; a task does so at once unless told. */
  readonly exitsAfterMs?: number;
  readonly exitCode?: number;
  /** It goes on after the stop signal, until it is killed. */
  readonly ignoresStopSignal?: boolean;
  readonly stopTakesMs?: number;
  /** Lines it prints, each so long after its start. */
  readonly prints?: readonly { readonly afterMs: number; readonly line: string }[];
}

/** The run that is about to begin, for a behaviour to decide upon. */
export interface FakeRun {
  readonly kind: 'unit' | 'task';
  readonly program: InstalledProgram;
  readonly spec: UnitSpec | TaskSpec;
  /** How often this name was started before. */
  readonly earlierStarts: number;
}

/** How programs behave on a fake host. */
export type FakeBehaviour = (run: FakeRun) => FakeScript;

/**
 * A behaviour as of EthereumJS: a data directory remembers the bundle it was first started with, and a start
 * with another one looks well and then ends with exit code 0 after `exitsAfterMs`.
 */
export function refusesOtherGenesis(then: FakeBehaviour, exitsAfterMs = 1500): FakeBehaviour {
  const bundleOf = new Map<string, string>();
  return (run) => {
    const data = run.spec.mounts.find((mount) => mount.key === 'data')?.hostPath;
    const bundle = run.spec.mounts.find((mount) => mount.key === 'bundle')?.hostPath;
    if (data === undefined || bundle === undefined) return then(run);
    const first = bundleOf.get(data) ?? bundle;
    bundleOf.set(data, first);
    return first === bundle
      ? then(run)
      : { readyAfterMs: Number.POSITIVE_INFINITY, exitsAfterMs, exitCode: 0 };
  };
}
