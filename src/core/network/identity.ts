import { createHash } from 'node:crypto';

/** What makes one iteration this one and no other. Hashes are lower-case hex with 0x. */
export interface NetworkIdentity {
  readonly iteration: number;
  readonly chainId: number;
  readonly genesisValidatorsRoot: string;
  readonly executionGenesisHash: string;
  /** The consensus genesis time, seconds. */
  readonly genesisTimeSeconds: number;
}

const names = new WeakMap<NetworkIdentity, string>();

/** Eight hex digits of a hash over every part of the identity. */
function id8(identity: NetworkIdentity): string {
  const parts = [
    identity.iteration,
    identity.chainId,
    identity.genesisValidatorsRoot.toLowerCase(),
    identity.executionGenesisHash.toLowerCase(),
    identity.genesisTimeSeconds,
  ];
  return createHash('sha256').update(parts.join('|')).digest('hex').slice(0, 8);
}

/** Eight hex digits of the validators root: what slashing protection is kept under. */
export function gvr8(genesisValidatorsRoot: string): string {
  return genesisValidatorsRoot.toLowerCase().replace(/^0x/, '').slice(0, 8);
}

/** The folder name of an identity: `<iteration>-<id8>`. */
export function identityName(identity: NetworkIdentity): string {
  // Remembered, because plans compare identities all the time.
  const known = names.get(identity);
  if (known !== undefined) return known;
  const name = `${identity.iteration}-${id8(identity)}`;
  names.set(identity, name);
  return name;
}

export function sameIdentity(a: NetworkIdentity, b: NetworkIdentity): boolean {
  return identityName(a) === identityName(b);
}
