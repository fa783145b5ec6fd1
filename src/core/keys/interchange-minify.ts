import type { SignedAttestation, SignedBlock, SigningHistory } from './interchange.ts';

/**
 * The shortest history that forbids all that the whole one forbids: the last slot, and one attestation with the
 * highest source and target, without roots. Source: EIP-3076, the advice for minimal databases.
 */
export function minify({ pubkey, blocks, attestations }: SigningHistory): SigningHistory {
  return { pubkey, blocks: lastBlock(blocks), attestations: lastAttestation(attestations) };
}

function lastBlock(blocks: readonly SignedBlock[]): readonly SignedBlock[] {
  return blocks.length === 0 ? [] : [{ slot: highest(blocks, ({ slot }) => slot) }];
}

function lastAttestation(attestations: readonly SignedAttestation[]): readonly SignedAttestation[] {
  if (attestations.length === 0) return [];
  const sourceEpoch = highest(attestations, (attestation) => attestation.sourceEpoch);
  const targetEpoch = highest(attestations, (attestation) => attestation.targetEpoch);
  return [{ sourceEpoch, targetEpoch }];
}

function highest<T>(items: readonly T[], numberOf: (item: T) => number): number {
  return items.reduce((most, item) => Math.max(most, numberOf(item)), 0);
}
