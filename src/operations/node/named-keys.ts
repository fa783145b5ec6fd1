import { shortPublicKey } from '../../core/keys/public-key.ts';
import { nodeErrors } from './errors.ts';
import type { NodeEnvironment } from './node-environment.ts';
import type { NodeSetup } from './node-setup.ts';
import { openKeymanager } from './open-keymanager.ts';

/**
 * Takes from a validator client inside another program every key that it was told of, so that it asks no signer. Throws
 * EPH-NODE-FOREIGN-KEYS where one stays, EPH-KEYMANAGER-* and EPH-HTTP-*.
 */
export async function forgetNamedKeys(around: {
  readonly setup: NodeSetup;
  readonly env: Pick<NodeEnvironment, 'store' | 'keymanager'>;
}): Promise<void> {
  const api = await openKeymanager(around);
  if (api === undefined) return;
  const remote = (await api.keys()).filter(({ held }) => held === 'remote');
  if (remote.length > 0) await api.deleteRemoteKeys(remote.map(({ key }) => key));
  const left = await api.keys();
  if (left.length === 0) return;
  const keys = left.slice(0, 3).map(({ key }) => shortPublicKey(key));
  throw nodeErrors.create('EPH-NODE-FOREIGN-KEYS', { node: around.setup.name, count: left.length, keys });
}
