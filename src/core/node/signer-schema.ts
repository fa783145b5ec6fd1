import { gvr8, type NetworkIdentity } from '../network/identity.ts';

/**
 * The schema in which a signer of a network keeps its slashing protection: every network has its own, because a
 * database of Web3Signer belongs to one validators root. None is ever dropped.
 */
export function signerSchema({ iteration, genesisValidatorsRoot }: NetworkIdentity): string {
  return `eph_${iteration}_${gvr8(genesisValidatorsRoot)}`;
}

/** The address of that schema as a Java program takes it. Parameters of the address stay. */
export function jdbcUrl(databaseUrl: string, schema: string): string {
  const { host, pathname, searchParams } = new URL(databaseUrl);
  searchParams.set('currentSchema', schema);
  return `jdbc:postgresql://${host}${pathname}?${searchParams}`;
}
