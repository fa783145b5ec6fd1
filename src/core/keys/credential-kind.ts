/** 0x00: a BLS key; 0x01: an address; 0x02: an address, compounding up to 2048 ETH (EIP-7251). */
export const credentialKinds = ['0x00', '0x01', '0x02'] as const;
export type CredentialKind = (typeof credentialKinds)[number];
