import type { Finding } from '../../core/findings/finding.ts';
import { validatorFindings } from '../../core/findings/validators.ts';
import type { OwnershipRefusal, SigningRight } from '../../core/keys/ownership.ts';

type Refusal = Extract<SigningRight, { right: 'none' }>;

/** What a node tells of a key set that it may not sign with. A move is meant: one that was cut short is told, and is nobody's alarm. */
export function refusalFinding(
  refusal: Refusal,
  { keySet, node }: { readonly keySet: string; readonly node: string },
): Finding {
  const code = refusal.because === 'moving' ? 'EPH-VALIDATORS-KEYS-MOVING' : 'EPH-VALIDATORS-KEYS-NOT-OURS';
  return validatorFindings.create(code, refusalFacts(refusal, keySet), { node, layer: 'validator' });
}

export function refusalFacts({ because, owner }: Refusal, keySet: string) {
  return { keySet, owner, ...refusalWords(because, { keySet, owner }) };
}

/** Why a key set cannot be used here, and what to do about it. */
export function refusalWords(
  because: OwnershipRefusal,
  { keySet, owner }: { readonly keySet: string; readonly owner: string },
): { readonly why: string; readonly remedy: string } {
  const claim = `ephemery keys claim ${keySet}`;
  const table = {
    'binding-changed': {
      why: 'this root is a copy, or was restored, or its machine was changed, and the original may still sign',
      remedy: `If nobody else runs with these keys: ${claim}.`,
    },
    'other-installation': {
      why: `it belongs to node ${owner} of another installation`,
      remedy: `Stop it there. If that installation is gone for good: ${claim}.`,
    },
    'other-node': {
      why: `it belongs to node ${owner}`,
      remedy: `ephemery validators move ${keySet} --to the node that is to have it.`,
    },
    moving: {
      why: `it is on its way to node ${owner}`,
      remedy: `If that does not end by itself: ephemery validators move ${keySet} --to ${owner}.`,
    },
  } as const;
  return table[because];
}
