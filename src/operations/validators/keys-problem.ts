import { type EphemeryError, isEphemeryError, messageOf } from '../../base/errors.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { keymanagerUrl, unitLayerOf } from '../node/node-setup.ts';
import { validatorErrors } from './errors.ts';

export interface KeysProblem {
  /** Absent for what is no error of ours. */
  readonly code?: string;
  readonly message: string;
  readonly remedy?: string;
}

type Asked = Pick<AssembledNode, 'setup' | 'environment'>;

/** Why a validator client did not tell its keys. That nobody answers is told in the words of the node. */
export async function keysProblem(asked: Asked, thrown: unknown): Promise<KeysProblem> {
  if (!isEphemeryError(thrown)) return { message: messageOf(thrown) };
  const isSilent = thrown.code === 'EPH-HTTP-UNREACHABLE' || thrown.code === 'EPH-HTTP-TIMEOUT';
  // What cannot be found out about it leaves the first reason.
  const { code, message, remedy } = isSilent ? await silence(asked, thrown).catch(() => thrown) : thrown;
  return { code, message, remedy };
}

async function silence({ setup, environment }: Asked, cause: EphemeryError): Promise<EphemeryError> {
  const node = setup.name;
  const unit = await environment.runtime.recover(unitName(node, unitLayerOf(setup, 'validator')));
  const url = keymanagerUrl(setup) ?? '';
  if (unit !== undefined) return validatorErrors.create('EPH-VALIDATORS-CLIENT-SILENT', { node, url }, cause);
  const { order, reason } = await environment.store.signingOrder();
  return validatorErrors.create('EPH-VALIDATORS-CLIENT-OFF', { node, orders: order, reason }, cause);
}
