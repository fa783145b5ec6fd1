import type { ClientDefinition } from '../../core/clients/client.ts';
import { recoverySteps } from '../../core/sync/recovery.ts';
import { controlErrors } from '../control/errors.ts';
import type { RecoverRequest } from '../control/requests.ts';

/** Throws EPH-CONTROL-CONSENT when a person has to agree to it and did not. `consensus`: that client of the node. */
export function requireConsent(
  { layer, kind, consent }: RecoverRequest,
  consensus: Pick<ClientDefinition, 'hostedBy'> | undefined,
): void {
  const isOneProgram = consensus?.hostedBy !== undefined;
  const steps = recoverySteps(layer, { beganAtCheckpoint: true, isOneProgram });
  const step = steps.find((one) => one.kind === kind);
  if (consent || step?.needsConsent === false) return;
  throw controlErrors.create('EPH-CONTROL-CONSENT', { words: step?.words ?? `${kind} of ${layer}` });
}
