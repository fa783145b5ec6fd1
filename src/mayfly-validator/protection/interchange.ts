import { z } from 'zod';
import { messageOf } from '../../base/errors.ts';
import { type PublicKey, readPublicKey } from '../../core/keys/public-key.ts';
import { mayflyValidatorErrors } from '../errors.ts';
import type { Watermark, Watermarks } from './watermarks.ts';

const number = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform(Number)
  .refine(Number.isSafeInteger, 'is too large');
const root = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .transform((hex) => hex.toLowerCase());
const key = z.string().transform((text, context): PublicKey => {
  const read = readPublicKey(text);
  if (read !== undefined) return read;
  context.addIssue('is no public key');
  return z.NEVER;
});
/** Version 5 is the only one in use. Source: EIP-3076. */
const schema = z.object({
  metadata: z.object({ interchange_format_version: z.literal('5'), genesis_validators_root: root }),
  data: z.array(
    z.object({
      pubkey: key,
      signed_blocks: z.array(z.object({ slot: number, signing_root: root.optional() })),
      signed_attestations: z.array(
        z.object({ source_epoch: number, target_epoch: number, signing_root: root.optional() }),
      ),
    }),
  ),
});

export interface InterchangeOrigin {
  /** For errors alone. */
  readonly path: string;
  readonly genesisValidatorsRoot: string;
}

/**
 * Raises the marks by an interchange of this network.
 * @throws EPH-MAYFLY-VALIDATOR-PROTECTION, EPH-MAYFLY-VALIDATOR-OTHER-PROTECTION
 */
export function mergeInterchange(marks: Watermarks, text: string, origin: InterchangeOrigin): void {
  const { metadata, data } = parse(text, origin.path);
  const expected = origin.genesisValidatorsRoot;
  const found = metadata.genesis_validators_root;
  if (found !== expected) {
    const facts = { path: origin.path, found, expected };
    throw mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-OTHER-PROTECTION', facts);
  }
  for (const { pubkey, signed_blocks, signed_attestations } of data) {
    marks.raise(pubkey, {});
    for (const { slot, signing_root } of signed_blocks) {
      marks.raise(pubkey, { block: { slot, root: signing_root } });
    }
    for (const { source_epoch: source, target_epoch: target, signing_root } of signed_attestations) {
      marks.raise(pubkey, { attestation: { source, target, root: signing_root } });
    }
  }
}

/** The marks as an interchange, of these keys or of all. */
export function interchangeText(
  marks: Watermarks,
  genesisValidatorsRoot: string,
  only?: ReadonlySet<PublicKey>,
): string {
  const entries = [...marks.entries()].filter(([pubkey]) => only === undefined || only.has(pubkey));
  const metadata = {
    interchange_format_version: '5',
    genesis_validators_root: genesisValidatorsRoot,
  };
  return JSON.stringify({ metadata, data: entries.map(([pubkey, mark]) => toJson(pubkey, mark)) });
}

function toJson(pubkey: PublicKey, { block, attestation }: Watermark) {
  const rootOf = (signingRoot: string | undefined) =>
    signingRoot === undefined ? {} : { signing_root: signingRoot };
  return {
    pubkey,
    signed_blocks: block === undefined ? [] : [{ slot: `${block.slot}`, ...rootOf(block.root) }],
    signed_attestations:
      attestation === undefined
        ? []
        : [
            {
              source_epoch: `${attestation.source}`,
              target_epoch: `${attestation.target}`,
              ...rootOf(attestation.root),
            },
          ],
  };
}

function parse(text: string, path: string) {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-PROTECTION', { path, reason }, cause);
  }
}
