import type { Interchange, SigningHistory } from '../../core/keys/interchange.ts';
import { interchangeText } from '../../core/keys/interchange-text.ts';
import { parseInterchange } from '../../core/keys/interchange-union.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { Watermark, Watermarks } from './watermarks.ts';

/** Raises the marks by an interchange (EIP-3076) of this network. `file` is for errors. @throws EPH-INTERCHANGE-* */
export function mergeInterchange(
  marks: Watermarks,
  text: string,
  how: { readonly file: string; readonly genesisValidatorsRoot: string },
): void {
  // Read to its end before anything is believed.
  const { histories } = parseInterchange(text, how);
  for (const { pubkey, blocks, attestations } of histories.values()) {
    marks.raise(pubkey, {});
    for (const { slot, signingRoot } of blocks) marks.raise(pubkey, { block: { slot, root: signingRoot } });
    for (const { sourceEpoch: source, targetEpoch: target, signingRoot } of attestations) {
      marks.raise(pubkey, { attestation: { source, target, root: signingRoot } });
    }
  }
}

/** The marks as an interchange, of these keys or of all. */
export function marksText(
  marks: Watermarks,
  genesisValidatorsRoot: string,
  only?: ReadonlySet<PublicKey>,
): string {
  const entries = [...marks.entries()].filter(([pubkey]) => only === undefined || only.has(pubkey));
  const histories = new Map(entries.map(([pubkey, mark]) => [pubkey, toHistory(pubkey, mark)]));
  const interchange: Interchange = { genesisValidatorsRoot, histories };
  return [...interchangeText(interchange)].join('');
}

function toHistory(pubkey: PublicKey, { block, attestation }: Watermark): SigningHistory {
  const rootOf = (signingRoot: string | undefined) => (signingRoot === undefined ? {} : { signingRoot });
  return {
    pubkey,
    blocks: block === undefined ? [] : [{ slot: block.slot, ...rootOf(block.root) }],
    attestations:
      attestation === undefined
        ? []
        : [
            {
              sourceEpoch: attestation.source,
              targetEpoch: attestation.target,
              ...rootOf(attestation.root),
            },
          ],
  };
}
