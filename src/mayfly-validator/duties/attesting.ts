import { createHash } from 'node:crypto';
import { TARGET_AGGREGATORS_PER_COMMITTEE } from '@lodestar/params';
import { type electra, type phase0, ssz } from '@lodestar/types';
import { epochOf } from '../signing-roots.ts';
import type { AttesterDuty } from './duty-book.ts';
import { type DutyParts, hex } from './duty-parts.ts';

/** What was voted for in a slot, for those who aggregate it. */
export interface Voted {
  readonly data: phase0.AttestationData;
  readonly duties: readonly AttesterDuty[];
}

/** Attests with all our validators of this slot. Undefined when there are none. */
export async function attest(parts: DutyParts, slot: number): Promise<Voted | undefined> {
  const { book, node, signer, roots, roster, persist, log } = parts;
  const duties = await persist(() => book.attestersAt(epochOf(slot), slot));
  if (duties.length === 0) return undefined;
  const data = await persist(() => node.attestationData(slot));
  if (data.slot !== slot || data.target.epoch !== epochOf(slot)) {
    log.error('the beacon node gave votes for another slot', { slot, given: data.slot });
    return undefined;
  }
  const signingRoot = roots.attestation(data);
  const { source, target } = data;
  const due = duties.flatMap((duty) => {
    const key = roster.keyOf(duty.validator_index);
    return key === undefined ? [] : [{ duty, key }];
  });
  const signed = await signer.signAttestations(
    due.map(({ key }) => ({ key, source: source.epoch, target: target.epoch, signingRoot })),
  );
  const attestations: electra.SingleAttestation[] = [];
  for (const [i, { duty }] of due.entries()) {
    const answer = signed[i];
    if (answer === undefined) continue;
    if ('refused' in answer) {
      log.warn('an attestation was not signed', {
        slot,
        validator: duty.validator_index,
        reason: answer.refused,
      });
      continue;
    }
    const { committee_index: committeeIndex, validator_index: attesterIndex } = duty;
    attestations.push({ committeeIndex, attesterIndex, data, signature: answer.signature });
  }
  if (attestations.length === 0) return undefined;
  await persist(() => node.submitAttestations(slot, attestations));
  log.debug('attested', { slot, validators: attestations.length });
  return { data, duties };
}

/** Collects the votes of the committees that we aggregate for. */
export async function aggregate(parts: DutyParts, { data, duties }: Voted): Promise<void> {
  const { node, persist, log } = parts;
  const { slot } = data;
  const dataRoot = hex(ssz.phase0.AttestationData.hashTreeRoot(data));
  const made = await Promise.all(
    duties.map(async (duty) => {
      const selectionProof = selectionProofOf(parts, duty);
      if (selectionProof === undefined || !isAggregator(duty.committee_length, selectionProof)) return [];
      const committeeIndex = duty.committee_index;
      const collected = await persist(() => node.aggregate({ dataRoot, slot, committeeIndex }));
      return signAggregate(parts, duty, { aggregate: collected, selectionProof });
    }),
  );
  const signed = made.flat();
  if (signed.length === 0) return;
  await persist(() => node.submitAggregates(slot, signed));
  log.debug('aggregated', { slot, committees: signed.length });
}

/** The proof of who aggregates; undefined when the key is not ours any more. */
export function selectionProofOf(
  { roster, signer, roots }: DutyParts,
  duty: AttesterDuty,
): Uint8Array | undefined {
  const key = roster.keyOf(duty.validator_index);
  return key === undefined ? undefined : signer.sign(key, roots.selection(duty.slot));
}

/** Source: consensus-specs, phase0 validator.md, is_aggregator. */
export function isAggregator(committeeLength: number, selectionProof: Uint8Array): boolean {
  const modulo = Math.max(1, Math.floor(committeeLength / TARGET_AGGREGATORS_PER_COMMITTEE));
  return hashNumber(selectionProof) % BigInt(modulo) === 0n;
}

/** The first eight bytes of the hash, little-endian. */
export function hashNumber(bytes: Uint8Array): bigint {
  return createHash('sha256').update(bytes).digest().readBigUInt64LE(0);
}

function signAggregate(
  { roster, signer, roots }: DutyParts,
  duty: AttesterDuty,
  made: { readonly aggregate: electra.Attestation; readonly selectionProof: Uint8Array },
): electra.SignedAggregateAndProof[] {
  const key = roster.keyOf(duty.validator_index);
  if (key === undefined) return [];
  const message = { aggregatorIndex: duty.validator_index, ...made };
  return [{ message, signature: signer.sign(key, roots.aggregate(duty.slot, message)) }];
}
