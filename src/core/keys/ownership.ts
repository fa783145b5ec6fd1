import type { MoveStep } from './ownership-move.ts';

/** The slashing protection that a signer wrote into. */
export interface SigningProtection {
  readonly node: string;
  /** `<client>-<n>`, the node's newest store of the network when signing began. */
  readonly store: string;
  /** When that store was opened: one that was lost and opened anew has its name and not its history. */
  readonly openedAtMs: number;
  /** When it was written last, once the signer had ended; absent while it runs, or when it ended unseen. */
  readonly writtenAtMs?: number;
}

/** What a key set signed last, and for how long. */
export interface SigningPeriod {
  readonly genesisValidatorsRoot: string;
  readonly iteration: number;
  /** Absent in records of before it was written: they are no reason to sign at a genesis without waiting. */
  readonly chainId?: number;
  /** A hash over the public keys of the set as it was then. */
  readonly keysFingerprint: string;
  readonly startedAtMs: number;
  /** Until when the signer before it ran, of this node too. */
  readonly earlierUntilMs?: number;
  /** When the signer had stopped, for sure. Absent: it runs, or ended unseen. */
  readonly endedAtMs?: number;
  /** Without it, or when it is older than this record says, the record is no reason to sign without waiting. */
  readonly protection?: SigningProtection;
}

/** Whose a key set is: one node of one installation, or nobody's while it is handed over. */
export interface KeySetOwner {
  readonly node: string;
  readonly installation: string;
  /** A hand-over is under way, and nobody may sign. */
  readonly movingTo?: string;
  /** How far that is. */
  readonly moved?: MoveStep;
  /** Handed over by this node, which has not been let go on yet. */
  readonly handedFrom?: string;
  /** What was signed last by this owner, or by those from whom it took over slashing protection. */
  readonly signed?: SigningPeriod;
}

/** Whether this installation is still where it was made. */
export type Binding =
  | { readonly state: 'bound'; readonly installation: string }
  | { readonly state: 'changed'; readonly installation: string; readonly changes: readonly string[] };

export type OwnershipRefusal = 'binding-changed' | 'moving' | 'other-installation' | 'other-node';

/** Whether a node may begin to sign with a key set. */
export type SigningRight =
  /** At once, if nobody was seen signing after `sinceMs`, when our own signer ended; unknown when that went unseen. */
  | { readonly right: 'after-a-look'; readonly sinceMs: number | undefined }
  /** Once nobody was seen signing for two full epochs. `sinceMs`: until when it may have been we. */
  | { readonly right: 'after-quiet'; readonly sinceMs: number | undefined }
  | { readonly right: 'none'; readonly because: OwnershipRefusal; readonly owner: string };

export interface SigningWish {
  readonly node: string;
  readonly keysFingerprint: string;
  readonly binding: Binding;
  readonly network: {
    readonly genesisValidatorsRoot: string;
    readonly iteration: number;
    readonly chainId: number;
    /** T, when the iteration before ended. */
    readonly startMs: number;
    /** End of epoch 0. */
    readonly firstEpochEndMs: number;
    /** The node has slashing protection of it: a record that it signed is no protection. */
    readonly isRemembered: boolean;
  };
}

/**
 * The rules of ownership. Carried-over protection of this very network makes waiting needless; at the genesis of a
 * new one, so does having signed until the last one ended, because then nobody else can have been the signer.
 */
export function signingRight(owner: KeySetOwner | undefined, wish: SigningWish, nowMs: number): SigningRight {
  const { node, binding, network } = wish;
  if (binding.state === 'changed')
    return { right: 'none', because: 'binding-changed', owner: owner?.node ?? node };
  if (owner === undefined) return { right: 'after-quiet', sinceMs: Number.NEGATIVE_INFINITY };
  if (owner.installation !== binding.installation)
    return { right: 'none', because: 'other-installation', owner: owner.node };
  if (owner.movingTo !== undefined) return { right: 'none', because: 'moving', owner: owner.movingTo };
  if (owner.node !== node) return { right: 'none', because: 'other-node', owner: owner.node };
  const { signed } = owner;
  const sinceMs = signed === undefined ? Number.NEGATIVE_INFINITY : signed.endedAtMs;
  if (signed === undefined || signed.keysFingerprint !== wish.keysFingerprint)
    return { right: 'after-quiet', sinceMs };
  const isThisNetwork =
    network.isRemembered && signed.genesisValidatorsRoot === network.genesisValidatorsRoot;
  const signedToTheEnd = isNextOf(signed, network) && (sinceMs ?? 0) >= network.startMs;
  const isGenesis = nowMs < network.firstEpochEndMs;
  if (isThisNetwork || (signedToTheEnd && isGenesis)) return { right: 'after-a-look', sinceMs };
  return { right: 'after-quiet', sinceMs };
}

/** Of another network the iteration before may have been anybody's: chain ids count up with a network's iterations, each from its own start. */
function isNextOf(signed: SigningPeriod, { iteration, chainId }: SigningWish['network']): boolean {
  return signed.iteration === iteration - 1 && signed.chainId === chainId - 1;
}

/**
 * The strictest of the rights of several key sets: a client signs with all of them or with none. Since when nobody may
 * have signed remains each set's own.
 */
export function strictestRight(rights: readonly SigningRight[]): SigningRight['right'] {
  if (rights.some(({ right }) => right === 'none')) return 'none';
  const isLook = rights.length > 0 && rights.every(({ right }) => right === 'after-a-look');
  return isLook ? 'after-a-look' : 'after-quiet';
}
