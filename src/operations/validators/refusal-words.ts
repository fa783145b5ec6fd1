import type { OwnershipRefusal } from '../../core/keys/ownership.ts';

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
      remedy: `Finish that: ephemery validators move ${keySet} --to ${owner}.`,
    },
  } as const;
  return table[because];
}
