import fc from 'fast-check';

/**
 * Property tests draw the same cases each time, so that a run says something about the change and not about luck.
 * `PROPERTY_SEED=N` draws others, `PROPERTY_RUNS=N` more of them; what they find becomes a case of its own.
 */
const { PROPERTY_SEED: seed, PROPERTY_RUNS: runs } = process.env;
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  seed: seed === undefined ? 20_260 : Number(seed),
  ...(runs === undefined ? {} : { numRuns: Number(runs) }),
});
