import { identityName } from '../network/identity.ts';
import type { Aim } from './aim.ts';
import type { DesiredNode } from './desired.ts';
import type { ObservedNode } from './observed.ts';
import { signerSchema } from './signer-schema.ts';
import { haltDeadlineMs } from './signing-order.ts';
import type { Step } from './step.ts';

/**
 * A signer serves one network and the keys that it was started with. Keys that cannot be read at this moment have not
 * changed: then only the network is compared.
 */
export function signerDiffers({ desired, observed, target }: Aim): boolean {
  const { signer } = observed.journal;
  const wanted = desired.validator?.signer;
  if (signer === undefined || wanted === undefined) return false;
  if (signer.identity !== identityName(target.identity)) return true;
  if (desired.validator?.missing === true) return false;
  return observed.keys.known && signer.fingerprint !== fingerprintOf(wanted.fingerprint, observed.keys.value);
}

function fingerprintOf(settings: string, keys: { readonly fingerprint: string }): string {
  return `${settings}-${keys.fingerprint}`;
}

function isUp({ signer }: Pick<ObservedNode, 'signer'>): boolean {
  return signer?.state === 'running' || signer?.state === 'stray' || signer?.state === 'half';
}

/**
 * Validators inside a program that runs could sign with it: it begins with the record of whose the keys are, and what
 * runs without them was not begun so.
 */
function isWithoutRecord({ desired, observed }: Aim): boolean {
  return desired.validator?.host !== undefined && observed.units.validator.state === 'off';
}

/** Ends a signer that must not run, or not like this; after the validator client, which waits for its signatures. */
export function planSignerStop(aim: Aim): readonly Step[] {
  const { desired, observed, target } = aim;
  if (!isUp(observed)) return [];
  const order = observed.signingOrder.known ? observed.signingOrder.value.order : 'run';
  // Half of it is made whole by its start.
  const isRight = observed.signer?.state !== 'stray' && !isWithoutRecord(aim) && !signerDiffers(aim);
  const mayRun = desired.validator?.signer !== undefined && target.validatorMayRun && order === 'run';
  if (mayRun && isRight) return [];
  const here = observed.journal.signer?.identity === identityName(target.identity);
  return [stopStep(desired, { hurried: order === 'halt', keep: here && order !== 'halt' })];
}

/** On the way down, after the validator client. */
export function signerDown(desired: DesiredNode, observed: ObservedNode): readonly Step[] {
  return isUp(observed) ? [stopStep(desired, { hurried: false, keep: true })] : [];
}

/** An emergency waits for nothing, and at a reset the memory of the network that ends matters to nobody. */
function stopStep(
  { validator, consensus }: DesiredNode,
  { hurried, keep }: { readonly hurried: boolean; readonly keep: boolean },
): Step {
  const { signal, deadlineMs } = (validator?.signer ?? validator ?? consensus).stop;
  const limit = hurried ? Math.min(deadlineMs, haltDeadlineMs) : deadlineMs;
  return { kind: 'stop-signer', lane: 'network', signal, deadlineMs: limit, keep };
}

/** Starts the signer before its validator client, and again when it ended under it. */
export function signerStart({ desired, observed, target }: Aim): readonly Step[] {
  const wanted = desired.validator?.signer;
  if (wanted === undefined || !observed.keys.known || target.bundle === undefined) return [];
  if (observed.signer?.state === 'unknown') {
    const { reason } = observed.signer;
    return [{ kind: 'await-runtime', lane: 'validator', layer: 'validator', reason }];
  }
  // One that runs and is not as it should be is stopped first, by the step above.
  if (observed.signer?.state === 'running') return [];
  return [
    {
      kind: 'start-signer',
      lane: 'validator',
      client: wanted.client,
      fingerprint: fingerprintOf(wanted.fingerprint, observed.keys.value),
      schema: signerSchema(target.identity),
      identity: target.identity,
    },
  ];
}
