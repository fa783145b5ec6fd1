/** Where clients look for keystores and passwords; `eip2335` is what deposit tools write. */
export const exportLayouts = ['eip2335', 'lighthouse', 'teku', 'nimbus', 'lodestar', 'web3signer'] as const;
export type ExportLayout = (typeof exportLayouts)[number];
