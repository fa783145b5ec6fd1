import type { Interchange, SignedAttestation, SignedBlock, SigningHistory } from './interchange.ts';
import type { PublicKey } from './public-key.ts';

/** All that either remembers, each message once, blocks by slot and attestations by target. */
export function unite(a: SigningHistory, b: SigningHistory): SigningHistory {
  return ordered({
    pubkey: a.pubkey,
    blocks: [...a.blocks, ...b.blocks],
    attestations: [...a.attestations, ...b.attestations],
  });
}

/** The same history in its one order, without repetitions. */
export function ordered({ pubkey, blocks, attestations }: SigningHistory): SigningHistory {
  return {
    pubkey,
    blocks: distinct(blocks.toSorted(bySlot)),
    attestations: distinct(attestations.toSorted(byTarget)),
  };
}

/** How many pairs of neighbours in a history would be slashed: 0 for one that was kept well. */
export function slashableIn({ blocks, attestations }: SigningHistory): number {
  return doubleProposals(blocks) + slashableVotes(attestations);
}

/**
 * Keys of which `kept` forbids less than `needed` does: some message that `needed` forbids could be signed
 * with it. Empty when nothing was lost. Both are of one network, which the caller has seen.
 */
export function lessProtected(needed: Interchange, kept: Interchange): readonly PublicKey[] {
  return [...needed.histories.values()]
    .filter((history) => {
      const other = kept.histories.get(history.pubkey);
      return !(other === undefined ? isEmpty(history) : covers(other, history));
    })
    .map(({ pubkey }) => pubkey);
}

/** Whether every message that conflicts with one in `needed` is also forbidden by `kept`. */
export function covers(kept: SigningHistory, needed: SigningHistory): boolean {
  const slots = new Set(kept.blocks.map(({ slot }) => slot));
  const votes = new Set(kept.attestations.map(spanOf));
  const firstSlot = lowest(kept.blocks, ({ slot }) => slot);
  const firstSource = lowest(kept.attestations, ({ sourceEpoch }) => sourceEpoch);
  const firstTarget = lowest(kept.attestations, ({ targetEpoch }) => targetEpoch);
  return (
    needed.blocks.every(({ slot }) => slots.has(slot) || slot <= firstSlot) &&
    needed.attestations.every(
      (vote) =>
        votes.has(spanOf(vote)) || (vote.sourceEpoch <= firstSource && vote.targetEpoch <= firstTarget),
    )
  );
}

function isEmpty({ blocks, attestations }: SigningHistory): boolean {
  return blocks.length === 0 && attestations.length === 0;
}

function spanOf({ sourceEpoch, targetEpoch }: SignedAttestation): string {
  return `${sourceEpoch}>${targetEpoch}`;
}

/** -1 for nothing: nothing is at or below it. */
function lowest<T>(items: readonly T[], numberOf: (item: T) => number): number {
  if (items.length === 0) return -1;
  return items.reduce((least, item) => Math.min(least, numberOf(item)), Number.POSITIVE_INFINITY);
}

type Entry = SignedBlock | SignedAttestation;

function bySlot(a: SignedBlock, b: SignedBlock): number {
  return a.slot - b.slot || byRoot(a, b);
}

function byTarget(a: SignedAttestation, b: SignedAttestation): number {
  return a.targetEpoch - b.targetEpoch || a.sourceEpoch - b.sourceEpoch || byRoot(a, b);
}

function byRoot({ signingRoot: a = '' }: Entry, { signingRoot: b = '' }: Entry): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function distinct<T extends Entry>(sorted: readonly T[]): readonly T[] {
  return sorted.filter((entry, index) => index === 0 || !isSame(entry, sorted[index - 1]));
}

function isSame(a: Entry, b: Entry | undefined): boolean {
  if (b === undefined || a.signingRoot !== b.signingRoot) return false;
  if ('slot' in a) return 'slot' in b && a.slot === b.slot;
  return !('slot' in b) && a.targetEpoch === b.targetEpoch && a.sourceEpoch === b.sourceEpoch;
}

function doubleProposals(blocks: readonly SignedBlock[]): number {
  const sorted = blocks.toSorted(bySlot);
  return sorted.filter((block, index) => index > 0 && sorted[index - 1]?.slot === block.slot).length;
}

/** In order of the source an attestation is surrounded when one from an earlier source has a later target. */
function slashableVotes(attestations: readonly SignedAttestation[]): number {
  const byEnd = attestations.toSorted(byTarget);
  const doubles = byEnd.filter(
    (vote, index) => index > 0 && byEnd[index - 1]?.targetEpoch === vote.targetEpoch,
  ).length;
  const backwards = attestations.filter((vote) => vote.sourceEpoch > vote.targetEpoch).length;
  const bySource = attestations.toSorted((a, b) => a.sourceEpoch - b.sourceEpoch);
  let surrounded = 0;
  let reach = -1;
  let reachHere = -1;
  let source = -1;
  for (const vote of bySource) {
    if (vote.sourceEpoch > source) {
      reach = Math.max(reach, reachHere);
      source = vote.sourceEpoch;
    }
    if (vote.targetEpoch < reach) surrounded += 1;
    reachHere = Math.max(reachHere, vote.targetEpoch);
  }
  return doubles + backwards + surrounded;
}
