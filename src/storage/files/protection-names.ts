/** In each store: says whose it is. */
export const storeMarkerName = 'store.json';
/** In each store: what earlier ones remembered when it was opened (EIP-3076), or what a person gave. */
export const carriedName = 'carried-over.json';
/** The client name of a store that no client made: its `carried-over.json` is all there is. */
export const givenStore = 'given';
