/**
 * A local network unless told otherwise. Two and a half minutes: with slots of one second the first epochs are
 * finalized just before the reset, and whoever waits for it still watches.
 */
export const devnetDefaults = {
  slotSeconds: 1,
  periodSeconds: 150,
  genesisDelaySeconds: 15,
  validators: 128,
} as const;

/** Fewer validators leave slots of an epoch (32 in the mainnet preset) without a committee. */
export const fewestDevnetValidators = 32;
