import { messageOf } from '../../base/errors.ts';
import type { SignedMark } from '../../core/clients/client.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { NetworkIdentity } from '../../core/network/identity.ts';
import { signerSchema } from '../../core/node/signer-schema.ts';
import { readSignedMarks } from '../../signer/signed-marks.ts';
import { databaseAccess } from '../node/database-unit.ts';
import type { CarryParts } from './carry-protection.ts';

/** What the keys of a node's own signer signed on a network; undefined while its database cannot be asked. */
export type SignerMarks = (
  identity: NetworkIdentity,
) => Promise<ReadonlyMap<PublicKey, SignedMark> | undefined>;

/** Undefined for a node without a signer of its own, or with one whose database tells nothing. */
export function signerMarks({ setup, env }: Pick<CarryParts, 'setup' | 'env'>): SignerMarks | undefined {
  const statement = setup.signer?.definition.signedRows;
  if (statement === undefined) return undefined;
  return async (identity) => {
    try {
      return await readSignedMarks(await databaseAccess({ setup, env }), statement(signerSchema(identity)));
    } catch (thrown) {
      env.log.warn('what the signer signed could not be read', { reason: messageOf(thrown) });
      return undefined;
    }
  };
}
