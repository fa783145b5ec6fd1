import { recoverySteps } from '../../core/sync/recovery.ts';
import { controlErrors } from '../control/errors.ts';
import type { RecoverRequest } from '../control/requests.ts';

/** Throws EPH-CONTROL-CONSENT when a person has to agree to it and did not. */
export function requireConsent({ layer, kind, consent }: RecoverRequest): void {
  const step = recoverySteps(layer, { beganAtCheckpoint: true }).find((one) => one.kind === kind);
  if (consent || step?.needsConsent === false) return;
  throw controlErrors.create('EPH-CONTROL-CONSENT', { words: step?.words ?? `${kind} of ${layer}` });
}
