import type { PublicKey } from '../../core/keys/public-key.ts';

/** The highest of what a key has signed; roots are known only where one message made the mark. */
export interface Watermark {
  block?: { readonly slot: number; readonly root: string | undefined };
  attestation?: { readonly source: number; readonly target: number; readonly root: string | undefined };
}

export interface BlockClaim {
  readonly key: PublicKey;
  readonly slot: number;
  readonly root: string;
}

export interface AttestationClaim {
  readonly key: PublicKey;
  readonly source: number;
  readonly target: number;
  readonly root: string;
}

/**
 * What keys may sign, by the minimal rule of EIP-3076: never below the highest slot, source and target signed, and
 * at the same height only the very same message. That refuses more than the complete rule, and never less.
 */
export class Watermarks {
  private readonly byKey = new Map<PublicKey, Watermark>();

  get(key: PublicKey): Watermark | undefined {
    return this.byKey.get(key);
  }

  entries(): Iterable<[PublicKey, Watermark]> {
    return this.byKey.entries();
  }

  /** Takes the claim; otherwise the reason why it must not be signed. */
  claimBlock({ key, slot, root }: BlockClaim): string | undefined {
    const last = this.byKey.get(key)?.block;
    if (last !== undefined && slot < last.slot) return `a block of slot ${last.slot} was signed already`;
    if (last !== undefined && slot === last.slot && root !== last.root) {
      return `another block of slot ${slot} was signed already`;
    }
    this.of(key).block = { slot, root };
    return undefined;
  }

  /** As `claimBlock`. */
  claimAttestation({ key, source, target, root }: AttestationClaim): string | undefined {
    if (source > target) return `its source ${source} is after its target ${target}`;
    const last = this.byKey.get(key)?.attestation;
    if (last !== undefined) {
      const isSame = source === last.source && target === last.target && root === last.root;
      if (isSame) return undefined;
      if (source < last.source) return `an attestation with source ${last.source} was signed already`;
      if (target <= last.target) return `an attestation with target ${last.target} was signed already`;
    }
    this.of(key).attestation = { source, target, root };
    return undefined;
  }

  /** Raises the marks to those of another history; nothing is ever lowered. */
  raise(key: PublicKey, { block, attestation }: Watermark): void {
    const own = this.of(key);
    if (block !== undefined) own.block = higherBlock(own.block, block);
    if (attestation !== undefined) own.attestation = higherAttestation(own.attestation, attestation);
  }

  private of(key: PublicKey): Watermark {
    const known = this.byKey.get(key) ?? {};
    this.byKey.set(key, known);
    return known;
  }
}

type BlockMark = NonNullable<Watermark['block']>;
type AttestationMark = NonNullable<Watermark['attestation']>;

function higherBlock(a: BlockMark | undefined, b: BlockMark): BlockMark {
  if (a === undefined || b.slot > a.slot) return b;
  if (b.slot < a.slot) return a;
  return { slot: a.slot, root: a.root === b.root ? a.root : undefined };
}

/** Source and target rise on their own; then the mark is no single message's any more. */
function higherAttestation(a: AttestationMark | undefined, b: AttestationMark): AttestationMark {
  if (a === undefined) return b;
  const source = Math.max(a.source, b.source);
  const target = Math.max(a.target, b.target);
  const isOf = (mark: AttestationMark) => mark.source === source && mark.target === target;
  if (isOf(a) && isOf(b)) return { source, target, root: a.root === b.root ? a.root : undefined };
  if (isOf(a)) return target > b.target ? a : { source, target, root: undefined };
  if (isOf(b)) return target > a.target ? b : { source, target, root: undefined };
  return { source, target, root: undefined };
}
