import { ssz } from '@lodestar/types';
import { expect } from 'vitest';
import { json, ofData, type Rows } from './row.ts';
import { type ApiWorld, lastSlot } from './world.ts';

/** What was submitted and waits for a block. */
export function poolRows({ fork, stepped }: ApiWorld): Rows {
  const { operations, attestations } = stepped.node.pools;
  const groups = attestations.groups();
  const { SignedVoluntaryExit, ProposerSlashing } = ssz.phase0;
  const one = (held: () => readonly unknown[], more: object = {}) => ({
    answer: (body: object) => {
      expect(body).toEqual({ ...more, data: held() });
      expect(held()).toHaveLength(1);
    },
  });
  return {
    getPoolVoluntaryExits: [
      one(() => operations.all().voluntaryExits.map((exit) => json(SignedVoluntaryExit, exit))),
    ],
    getPoolProposerSlashings: [
      one(() => operations.all().proposerSlashings.map((slashing) => json(ProposerSlashing, slashing))),
    ],
    getPoolAttesterSlashingsV2: [
      one(
        () =>
          operations.all().attesterSlashings.map((slashing) => json(ssz.electra.AttesterSlashing, slashing)),
        { version: fork },
      ),
    ],
    getPoolBLSToExecutionChanges: [
      one(() =>
        operations
          .all()
          .blsToExecutionChanges.map((change) => json(ssz.capella.SignedBLSToExecutionChange, change)),
      ),
    ],
    getPoolAttestationsV2: [
      {
        args: {},
        answer: (body: { version: string; data: { data: unknown }[] }) => {
          expect(body.version).toBe(fork);
          expect(body.data.map(({ data }) => data)).toEqual(
            groups.map(({ data }) => json(ssz.phase0.AttestationData, data)),
          );
          expect(new Set(groups.map(({ data }) => data.slot)).size).toBeGreaterThan(60);
        },
      },
      {
        args: { slot: lastSlot, committeeIndex: 0 },
        answer: ofData<{ data: { slot: string }; committee_bits: string; aggregation_bits: string }[]>(
          (data) => {
            const told = data.map((vote) => [vote.data.slot, vote.committee_bits, vote.aggregation_bits]);
            // Two of two have voted: bits 11, and the bit that ends the list.
            expect(told).toEqual([[`${lastSlot}`, '0x0100000000000000', '0x07']]);
          },
        ),
      },
      { args: { slot: lastSlot, committeeIndex: 1 }, answer: { version: fork, data: [] } },
    ],
  };
}
