import type { ContainerInspectInfo } from 'dockerode';
import type { Clock } from '../../base/clock.ts';
import type { UnitResources, UnitState } from '../runtime.ts';
import { figuresOf } from './container-figures.ts';
import type { Engine } from './engine.ts';
import { unlessMissing } from './engine-refusal.ts';

/** Figures cost the engine more than a look at the container's state, and a unit is looked at often. */
const figuresEveryMs = 5_000;

interface Figures {
  readonly askedMs: number;
  readonly figures?: UnitResources;
}

/** What containers do, as units. */
export class ContainerStates {
  private readonly engine: Engine;
  private readonly clock: Clock;
  private readonly figures = new Map<string, Figures>();

  constructor(parts: { readonly engine: Engine; readonly clock: Clock }) {
    this.engine = parts.engine;
    this.clock = parts.clock;
  }

  /** Throws EPH-RUNTIME-UNREACHABLE, and what the engine refuses. */
  async of(container: string): Promise<UnitState> {
    const found = await inspectContainer(this.engine, container);
    if (found === undefined) return { state: 'absent' };
    if (!isRunning(found)) {
      this.figures.delete(container);
      return { state: 'exited', ...exitOf(found) };
    }
    const resources = this.figuresOf(container);
    const startedAtMs = Date.parse(found.State.StartedAt);
    return { state: 'running', startedAtMs, ...(resources === undefined ? {} : { resources }) };
  }

  /** The last figures that came; newer ones are asked for behind the back of whoever asks. */
  private figuresOf(container: string): UnitResources | undefined {
    const nowMs = this.clock.monotonicMs();
    const last = this.figures.get(container);
    if (last === undefined || nowMs - last.askedMs >= figuresEveryMs) {
      this.figures.set(container, { ...last, askedMs: nowMs });
      void this.engine
        .ask((docker) => docker.getContainer(container).stats({ stream: false, 'one-shot': true }))
        .then((stats) => {
          const figures = figuresOf(stats);
          if (figures !== undefined && this.figures.has(container))
            this.figures.set(container, { askedMs: nowMs, figures });
        })
        .catch(() => undefined);
    }
    return last?.figures;
  }
}

/** Undefined when the engine says that there is none of this id or name. */
export async function inspectContainer(
  engine: Engine,
  idOrName: string,
): Promise<ContainerInspectInfo | undefined> {
  return engine.ask((docker, abortSignal) =>
    unlessMissing(docker.getContainer(idOrName).inspect({ abortSignal })),
  );
}

/** Something of it runs, or may run at the next moment. */
export function isRunning({ State }: ContainerInspectInfo): boolean {
  return State.Running || State.Paused || State.Restarting;
}

/** Codes above 128 are how a shell, and an engine, tell of an end by signal. */
function exitOf({ State }: ContainerInspectInfo): { exitCode?: number; signal?: string } {
  const signal = signals[State.ExitCode - 128];
  return signal === undefined ? { exitCode: State.ExitCode } : { signal };
}

const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};
