import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interchange, SignedAttestation, SignedBlock, SigningHistory } from './interchange.ts';
import { checkAttestation, checkBlock } from './interchange-check.ts';
import { covers, lessProtected, slashableIn, unite } from './interchange-compare.ts';
import { minify } from './interchange-minify.ts';
import { importable, minifyAll } from './interchange-union.ts';
import { publicKeyOf } from './public-key.ts';

const pubkey = publicKeyOf(new Uint8Array(48).fill(0x80, 0, 1));
const rootOf = (n: number) => `0x${String(n).padStart(64, '0')}`;
const signingRoot = fc.nat(2).map(rootOf);
const blocks: fc.Arbitrary<SignedBlock> = fc.record(
  { slot: fc.nat(12), signingRoot },
  { requiredKeys: ['slot'] },
);
const votes: fc.Arbitrary<SignedAttestation> = fc
  .record(
    { sourceEpoch: fc.nat(8), length: fc.nat(6), signingRoot },
    { requiredKeys: ['sourceEpoch', 'length'] },
  )
  .map(({ sourceEpoch, length, ...root }) => ({ sourceEpoch, targetEpoch: sourceEpoch + length, ...root }));
const histories: fc.Arbitrary<SigningHistory> = fc.record({
  pubkey: fc.constant(pubkey),
  blocks: fc.array(blocks, { maxLength: 8 }),
  attestations: fc.array(votes, { maxLength: 8 }),
});

/** A history that was kept well: every message was checked before it was signed. */
const honest = histories.map((wanted) => {
  let history: SigningHistory = { pubkey, blocks: [], attestations: [] };
  for (const block of wanted.blocks) {
    if (checkBlock(history, block).allowed)
      history = unite(history, { pubkey, blocks: [block], attestations: [] });
  }
  for (const vote of wanted.attestations) {
    if (checkAttestation(history, vote).allowed)
      history = unite(history, { pubkey, blocks: [], attestations: [vote] });
  }
  return history;
});

/** The two conditions of the consensus specification, word by word. */
function wouldBeSlashed(a: SignedAttestation, b: SignedAttestation): boolean {
  const isSame = a.sourceEpoch === b.sourceEpoch && a.targetEpoch === b.targetEpoch;
  const sameData = isSame && a.signingRoot !== undefined && a.signingRoot === b.signingRoot;
  if (a.targetEpoch === b.targetEpoch) return !sameData;
  const surrounds = (x: SignedAttestation, y: SignedAttestation) =>
    x.sourceEpoch < y.sourceEpoch && y.targetEpoch < x.targetEpoch;
  return surrounds(a, b) || surrounds(b, a);
}

describe('what may be signed', () => {
  it('never makes a history slashable', () => {
    fc.assert(
      fc.property(honest, (history) => {
        expect(slashableIn(history)).toBe(0);
      }),
    );
  });

  it('is never a message that would be slashed with one before', () => {
    fc.assert(
      fc.property(histories, votes, (history, vote) => {
        const slashed = history.attestations.some((earlier) => wouldBeSlashed(earlier, vote));
        expect(slashed && checkAttestation(history, vote).allowed).toBe(false);
      }),
    );
  });

  it('is refused with the reason', () => {
    const history = {
      blocks: [{ slot: 5, signingRoot: rootOf(1) }, { slot: 9 }],
      attestations: [
        { sourceEpoch: 3, targetEpoch: 4, signingRoot: rootOf(1) },
        { sourceEpoch: 5, targetEpoch: 9, signingRoot: rootOf(2) },
      ],
    };
    const block = (slot: number, root?: number) =>
      checkBlock(history, { slot, ...(root === undefined ? {} : { signingRoot: rootOf(root) }) });
    const vote = (sourceEpoch: number, targetEpoch: number, root = 0) =>
      checkAttestation(history, { sourceEpoch, targetEpoch, signingRoot: rootOf(root) });
    expect(block(4, 1)).toEqual({ allowed: false, refusal: 'slot-too-old' });
    expect(block(5, 1)).toEqual({ allowed: true, repeat: true });
    expect(block(5, 2)).toEqual({ allowed: false, refusal: 'double-proposal' });
    expect(block(9, 1)).toEqual({ allowed: false, refusal: 'double-proposal' });
    expect(block(7)).toEqual({ allowed: true, repeat: false });
    expect(vote(10, 9)).toEqual({ allowed: false, refusal: 'source-after-target' });
    expect(vote(3, 4, 1)).toEqual({ allowed: true, repeat: true });
    expect(vote(5, 9)).toEqual({ allowed: false, refusal: 'double-vote' });
    expect(vote(4, 10)).toEqual({ allowed: false, refusal: 'surrounds-earlier' });
    expect(vote(6, 8)).toEqual({ allowed: false, refusal: 'surrounded-by-earlier' });
    expect(vote(2, 3)).toEqual({ allowed: false, refusal: 'epoch-too-old' });
    expect(vote(9, 10)).toEqual({ allowed: true, repeat: false });
  });
});

describe('slashable data', () => {
  it('is found where two messages would be slashed, and only there', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const once = unite(history, { pubkey, blocks: [], attestations: [] });
        const pairs = once.attestations.some((a, i) =>
          once.attestations.some((b, j) => i < j && wouldBeSlashed(a, b)),
        );
        const slots = once.blocks.map(({ slot }) => slot);
        expect(slashableIn(once) > 0).toBe(pairs || new Set(slots).size < slots.length);
      }),
    );
  });

  it('is minified for a client that could refuse it, left out when it forbids nothing, else as it is', () => {
    const well = { pubkey, blocks: [{ slot: 1 }, { slot: 2 }], attestations: [] };
    const other = publicKeyOf(new Uint8Array(48).fill(0x81, 0, 1));
    const idle = publicKeyOf(new Uint8Array(48).fill(0x82, 0, 1));
    const badly = {
      pubkey: other,
      blocks: [{ slot: 3 }, { slot: 3, signingRoot: rootOf(1) }],
      attestations: [],
    };
    const file: Interchange = {
      genesisValidatorsRoot: rootOf(7),
      histories: new Map([
        [pubkey, well],
        [other, badly],
        [idle, { pubkey: idle, blocks: [], attestations: [] }],
      ]),
    };
    expect([...importable(file).histories.values()]).toEqual([
      well,
      { pubkey: other, blocks: [{ slot: 3 }], attestations: [] },
    ]);
  });
});

describe('what a history forbids', () => {
  const forbids = ({ blocks: b, attestations: a }: SigningHistory) => ({
    block: (block: SignedBlock) => !checkBlock({ blocks: b }, block).allowed,
    vote: (vote: SignedAttestation) => !checkAttestation({ attestations: a }, vote).allowed,
  });

  it('its minified form forbids as well', () => {
    fc.assert(
      fc.property(honest, blocks, votes, (history, block, vote) => {
        const [whole, short] = [forbids(history), forbids(minify(history))];
        expect(whole.block(block) && !short.block(block)).toBe(false);
        expect(whole.vote(vote) && !short.vote(vote)).toBe(false);
        expect(covers(minify(history), history)).toBe(true);
      }),
    );
  });

  it('is forbidden by whatever covers it', () => {
    const kept = fc.oneof(histories, histories.map(minify));
    fc.assert(
      fc.property(kept, histories, votes, (other, history, vote) => {
        fc.pre(covers(other, history));
        const conflict = history.attestations.some((earlier) =>
          wouldBeSlashed(earlier, { ...vote, signingRoot: rootOf(9) }),
        );
        expect(conflict && !forbids(other).vote({ ...vote, signingRoot: rootOf(9) })).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is missed when a store loses any of it', () => {
    const file = (history: SigningHistory): Interchange => ({
      genesisValidatorsRoot: rootOf(1),
      histories: new Map([[pubkey, history]]),
    });
    const none = { genesisValidatorsRoot: rootOf(1), histories: new Map() };
    const history = {
      pubkey,
      blocks: [{ slot: 3 }, { slot: 7 }],
      attestations: [
        { sourceEpoch: 1, targetEpoch: 2 },
        { sourceEpoch: 2, targetEpoch: 6 },
      ],
    };
    expect(lessProtected(file(history), file(history))).toEqual([]);
    expect(lessProtected(file(history), minifyAll(file(history)))).toEqual([]);
    expect(lessProtected(none, file(history))).toEqual([]);
    expect(lessProtected(file(history), none)).toEqual([pubkey]);
    expect(lessProtected(file(history), file({ ...history, blocks: [{ slot: 3 }] }))).toEqual([pubkey]);
    const fewer = { ...history, attestations: history.attestations.slice(0, 1) };
    expect(lessProtected(file(history), file(fewer))).toEqual([pubkey]);
  });
});
