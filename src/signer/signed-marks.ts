import type { SignedMark } from '../core/clients/client.ts';
import { type PublicKey, readPublicKey } from '../core/keys/public-key.ts';
import { ask, connect, type DatabaseAccess } from './connect.ts';

/** Who asks waits twice a slot. */
const queryTimeoutMs = 5_000;

interface Row {
  readonly key: string;
  readonly block: string | null;
  readonly attestation: string | null;
}

/**
 * What each key signed last, by a signer's own database. `statement` gives rows of key, block and attestation; it only
 * reads. Throws EPH-SIGNER-DATABASE.
 */
export async function readSignedMarks(
  access: DatabaseAccess,
  statement: string,
): Promise<ReadonlyMap<PublicKey, SignedMark>> {
  const request = { ...access, queryTimeoutMs };
  const client = await connect(request);
  try {
    await ask(request, client.query('BEGIN READ ONLY'));
    const { rows } = await ask(request, client.query<Row>(statement));
    return new Map(rows.flatMap(markOf));
  } finally {
    await client.end().catch(() => undefined);
  }
}

function markOf({ key, block, attestation }: Row): readonly (readonly [PublicKey, SignedMark])[] {
  const pubkey = readPublicKey(key);
  if (pubkey === undefined) return [];
  const mark = {
    ...(block === null ? {} : { block: Number(block) }),
    ...(attestation === null ? {} : { attestation: Number(attestation) }),
  };
  return [[pubkey, mark]];
}
