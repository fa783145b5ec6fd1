import { bytesRoot, containerRoot, type Root } from './ssz.ts';

/** What is signed, as the first four bytes of its domain. Source: consensus-specs, phase0 and capella, "Domain types". */
const domainTypes = { deposit: 0x03, voluntaryExit: 0x04, blsToExecutionChange: 0x0a } as const;

export interface SigningDomain {
  readonly kind: keyof typeof domainTypes;
  /** 4 bytes. */
  readonly forkVersion: Uint8Array;
  /** 32 bytes; zeros for what is valid on every network with this fork version. */
  readonly genesisValidatorsRoot: Uint8Array;
}

/** Deposits are signed for the genesis fork alone, so that they stay valid over resets. */
export function depositDomain(genesisForkVersion: Uint8Array): SigningDomain {
  return { kind: 'deposit', forkVersion: genesisForkVersion, genesisValidatorsRoot: new Uint8Array(32) };
}

/** What the signature is over. Source: phase0/beacon-chain.md, compute_domain and compute_signing_root. */
export function signingRoot(objectRoot: Root, domain: SigningDomain): Root {
  const { kind, forkVersion, genesisValidatorsRoot } = domain;
  const forkRoot = containerRoot([bytesRoot(forkVersion), bytesRoot(genesisValidatorsRoot)]);
  const bytes = new Uint8Array(32);
  bytes[0] = domainTypes[kind];
  bytes.set(forkRoot.subarray(0, 28), 4);
  return containerRoot([objectRoot, bytes]);
}
