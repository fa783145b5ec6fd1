import type { PublicKey } from '../core/keys/public-key.ts';
import { mayflyValidatorErrors } from './errors.ts';
import type { KeyChest } from './keys/key-chest.ts';
import type { Protection } from './protection/protection.ts';

export interface AttestationToSign {
  readonly key: PublicKey;
  readonly source: number;
  readonly target: number;
  readonly signingRoot: Uint8Array;
}

/** A signature, or why there is none. */
export type Signed = { readonly signature: Uint8Array } | { readonly refused: string };

/**
 * The one place where something is signed. What can be slashed goes through slashing protection first; after `halt`
 * nothing is signed any more, also not what was waiting for the disk.
 */
export class Signer {
  private readonly keys: KeyChest;
  private readonly protection: Protection;
  private halted = false;

  constructor(keys: KeyChest, protection: Protection) {
    this.keys = keys;
    this.protection = protection;
  }

  /** At once and for ever. */
  halt(): void {
    this.halted = true;
  }

  /** Of what cannot be slashed. @throws EPH-MAYFLY-VALIDATOR-REFUSED */
  sign(key: PublicKey, signingRoot: Uint8Array): Uint8Array {
    return mustBeSigned(this.signatureOf(key, signingRoot));
  }

  /** @throws EPH-MAYFLY-VALIDATOR-REFUSED */
  async signBlock(key: PublicKey, slot: number, signingRoot: Uint8Array): Promise<Uint8Array> {
    const refused = await this.protection.claimBlock({ key, slot, root: hex(signingRoot) });
    return mustBeSigned(refused === undefined ? this.signatureOf(key, signingRoot) : { refused });
  }

  /** One answer each, in order: those that may not be signed do not keep the others. */
  async signAttestations(attestations: readonly AttestationToSign[]): Promise<Signed[]> {
    const claims = attestations.map(({ signingRoot, ...claim }) => ({ ...claim, root: hex(signingRoot) }));
    const refusals = await this.protection.claimAttestations(claims);
    return attestations.map(({ key, signingRoot }, i) => {
      const refused = refusals[i];
      return refused === undefined ? this.signatureOf(key, signingRoot) : { refused };
    });
  }

  private signatureOf(key: PublicKey, signingRoot: Uint8Array): Signed {
    if (this.halted) return { refused: 'signing was halted' };
    const found = this.keys.get(key);
    if (found === undefined) return { refused: `the key ${key} is not here any more` };
    return { signature: found.sign(signingRoot) };
  }
}

function mustBeSigned(signed: Signed): Uint8Array {
  if ('signature' in signed) return signed.signature;
  throw mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-REFUSED', { reason: signed.refused });
}

function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}
