import type { SignedAttestation, SignedBlock, SigningHistory } from './interchange.ts';

/** Why a message must not be signed. */
export type SigningRefusal =
  /** Another block, or one of which nobody knows the root, was signed for this slot. */
  | 'double-proposal'
  /** The slot is not after the first one that is remembered. */
  | 'slot-too-old'
  | 'source-after-target'
  /** Another attestation, or one of which nobody knows the root, was signed for this target. */
  | 'double-vote'
  | 'surrounds-earlier'
  | 'surrounded-by-earlier'
  /** Source or target is not after the first one that is remembered. */
  | 'epoch-too-old';

/** `repeat`: the very same message was signed before, and may be again. */
export type SigningVerdict =
  | { readonly allowed: true; readonly repeat: boolean }
  | { readonly allowed: false; readonly refusal: SigningRefusal };

/**
 * Whether a block may be signed after all these: the conditions of EIP-3076 for a complete history. With a
 * history that `minify` made they are the minimal conditions.
 */
export function checkBlock({ blocks }: Pick<SigningHistory, 'blocks'>, block: SignedBlock): SigningVerdict {
  let first = Number.POSITIVE_INFINITY;
  let repeat = false;
  for (const earlier of blocks) {
    first = Math.min(first, earlier.slot);
    if (earlier.slot !== block.slot) continue;
    if (!isSameRoot(earlier, block)) return refused('double-proposal');
    repeat = true;
  }
  if (!repeat && block.slot <= first) return refused('slot-too-old');
  return { allowed: true, repeat };
}

/** Whether an attestation may be signed after all these; see `checkBlock`. */
export function checkAttestation(
  { attestations }: Pick<SigningHistory, 'attestations'>,
  attestation: SignedAttestation,
): SigningVerdict {
  const { sourceEpoch, targetEpoch } = attestation;
  if (sourceEpoch > targetEpoch) return refused('source-after-target');
  let firstSource = Number.POSITIVE_INFINITY;
  let firstTarget = Number.POSITIVE_INFINITY;
  let repeat = false;
  for (const earlier of attestations) {
    firstSource = Math.min(firstSource, earlier.sourceEpoch);
    firstTarget = Math.min(firstTarget, earlier.targetEpoch);
    const conflict = conflictOf(earlier, attestation);
    if (conflict !== undefined) return refused(conflict);
    repeat ||= earlier.targetEpoch === targetEpoch;
  }
  if (sourceEpoch < firstSource || (!repeat && targetEpoch <= firstTarget)) return refused('epoch-too-old');
  return { allowed: true, repeat };
}

/** How signing `next` after `earlier` would be slashed; undefined when it would not. */
function conflictOf(earlier: SignedAttestation, next: SignedAttestation): SigningRefusal | undefined {
  if (earlier.targetEpoch === next.targetEpoch) {
    const same = earlier.sourceEpoch === next.sourceEpoch && isSameRoot(earlier, next);
    return same ? undefined : 'double-vote';
  }
  if (next.sourceEpoch < earlier.sourceEpoch && earlier.targetEpoch < next.targetEpoch)
    return 'surrounds-earlier';
  if (earlier.sourceEpoch < next.sourceEpoch && next.targetEpoch < earlier.targetEpoch)
    return 'surrounded-by-earlier';
  return undefined;
}

/** Messages whose roots are not both known count as different. */
function isSameRoot(a: { readonly signingRoot?: string }, b: { readonly signingRoot?: string }): boolean {
  return a.signingRoot !== undefined && a.signingRoot === b.signingRoot;
}

function refused(refusal: SigningRefusal): SigningVerdict {
  return { allowed: false, refusal };
}
