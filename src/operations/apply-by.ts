import { boundBy, untilAborted } from '../base/bound-signal.ts';
import { bindConfig } from '../storage/files/config-binding.ts';
import type { Control } from './control/control.ts';
import { controlErrors } from './control/errors.ts';
import type { RootReport } from './control/reports.ts';
import { refuseAsked } from './devnet/refuse-asked.ts';
import { effectiveConfig } from './effective-config.ts';
import type { Services } from './services.ts';
import type { UpRequest } from './up-request.ts';

/** A supervisor that waits for the first programs of its nodes. */
export type BeginningSupervisor = NonNullable<RootReport['supervisor']>;

export interface WatchingApply {
  /** Called now and then while it only begins: what is asked of it is done afterwards. */
  readonly onBeginning: (supervisor: BeginningSupervisor) => void;
  /** Aborted, either of them: nothing is waited for any more, and the supervisor goes on by itself. */
  readonly stop: AbortSignal;
  readonly leave: AbortSignal;
}

const lookEveryMs = 2_000;

/**
 * Lets the living supervisor apply what it serves. Throws EPH-CONTROL-UP-ALREADY, EPH-ROOT-OTHER-CONFIG and EPH-DEVNET-* when
 * something else is asked for, and the reason of a signal.
 */
export async function applyBy(
  alive: Pick<Control, 'status' | 'apply'>,
  { services, request }: { readonly services: Services; readonly request: UpRequest },
  { onBeginning, stop, leave }: WatchingApply,
): Promise<readonly string[]> {
  // When to end was for whoever started it to say.
  if (request.untilResets !== undefined)
    throw controlErrors.create('EPH-CONTROL-UP-ALREADY', { option: '--until-resets' });
  const config = await effectiveConfig(services, request);
  await refuseAsked(services, config, request.devnet);
  await bindConfig(services.paths, config.id);
  const { signal, release } = boundBy([stop, leave]);
  try {
    for (;;) {
      const { supervisor } = await untilAborted(alive.status(), signal);
      if (supervisor?.beginning === undefined) break;
      onBeginning(supervisor);
      await services.clock.sleep(lookEveryMs, signal);
    }
    return (await untilAborted(alive.apply(), signal)).nodes;
  } finally {
    release();
  }
}
