import { type PublicKey, readPublicKey } from '../../keys/public-key.ts';
import type { SignedMark } from '../client.ts';

const line = /^(?:b (\S+) (\d+)|a (\S+) \d+ (\d+)) 0x[0-9a-f]{64}$/;

/** What keys signed last, by Mayfly's log of claims and its interchange. A torn last line was never signed. */
export function mayflyMarks([log = '', interchange = '']: readonly string[]):
  | ReadonlyMap<PublicKey, SignedMark>
  | undefined {
  const marks = new Map<PublicKey, SignedMark>();
  const raise = (text: string, mark: SignedMark) => {
    const key = readPublicKey(text);
    if (key !== undefined) marks.set(key, higher(marks.get(key), mark));
  };
  try {
    const { data } = JSON.parse(interchange) as { data: Entry[] };
    for (const { pubkey, signed_blocks, signed_attestations } of data) {
      for (const { slot } of signed_blocks) raise(pubkey, { block: Number(slot) });
      for (const { target_epoch } of signed_attestations)
        raise(pubkey, { attestation: Number(target_epoch) });
    }
  } catch {
    return undefined;
  }
  for (const claim of log
    .slice(0, log.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)) {
    const [, proposer, slot, attester, target] = line.exec(claim) ?? [];
    if (proposer !== undefined) raise(proposer, { block: Number(slot) });
    else if (attester !== undefined) raise(attester, { attestation: Number(target) });
    else return undefined;
  }
  return marks;
}

interface Entry {
  readonly pubkey: string;
  readonly signed_blocks: readonly { readonly slot: string }[];
  readonly signed_attestations: readonly { readonly target_epoch: string }[];
}

function higher(a: SignedMark | undefined, b: SignedMark): SignedMark {
  const block = Math.max(a?.block ?? -1, b.block ?? -1);
  const attestation = Math.max(a?.attestation ?? -1, b.attestation ?? -1);
  return { ...(block < 0 ? {} : { block }), ...(attestation < 0 ? {} : { attestation }) };
}
