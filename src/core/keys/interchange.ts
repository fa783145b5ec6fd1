import type { PublicKey } from './public-key.ts';

/** The one version of the slashing protection interchange format that is in use. Source: EIP-3076. */
export const interchangeVersion = '5';

/** A block that a validator signed; without a root when whoever recorded it did not keep it. */
export interface SignedBlock {
  readonly slot: number;
  /** `0x` and 64 lower-case hex digits. */
  readonly signingRoot?: string;
}

export interface SignedAttestation {
  readonly sourceEpoch: number;
  readonly targetEpoch: number;
  /** `0x` and 64 lower-case hex digits. */
  readonly signingRoot?: string;
}

/** What one validator signed on one network, in no particular order. */
export interface SigningHistory {
  readonly pubkey: PublicKey;
  readonly blocks: readonly SignedBlock[];
  readonly attestations: readonly SignedAttestation[];
}

/** What many validators signed on the network of this validators root. */
export interface Interchange {
  readonly genesisValidatorsRoot: string;
  readonly histories: ReadonlyMap<PublicKey, SigningHistory>;
}

export function emptyHistory(pubkey: PublicKey): SigningHistory {
  return { pubkey, blocks: [], attestations: [] };
}
