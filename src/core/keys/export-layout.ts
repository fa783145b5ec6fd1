import type { PublicKey } from './public-key.ts';

/** Names of layouts of keystores: `eip2335` is what deposit tools write, the others are clients that declare one. */
export const exportLayouts = ['eip2335', 'lighthouse', 'teku', 'nimbus', 'lodestar', 'web3signer'] as const;
export type ExportLayout = (typeof exportLayouts)[number];

/** Where a client looks for keystores and passwords, relative to its folder of keys. */
export interface ExportPlaces {
  keystore(key: PublicKey): string;
  password(key: PublicKey): string;
  /** What it wants beside them. */
  more?(key: PublicKey): { readonly path: string; readonly content: string };
}

/** As deposit tools write them. */
export const depositToolPlaces: ExportPlaces = {
  keystore: (key) => `keystore-${key}.json`,
  password: (key) => `keystore-${key}.txt`,
};
