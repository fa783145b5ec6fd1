import { genesisErrors } from '../errors.ts';
import { altairGenesis } from './altair.ts';
import { bellatrixGenesis } from './bellatrix.ts';
import { capellaGenesis } from './capella.ts';
import { denebGenesis } from './deneb.ts';
import { electraGenesis } from './electra.ts';
import { chooseFastHasher } from './fast-hasher.ts';
import { fuluGenesis } from './fulu.ts';
import type { GenesisContext, GenesisFork, GenesisState } from './genesis-state.ts';
import { phase0Genesis } from './phase0.ts';

/** The forks from which a network can start, in order. */
export const genesisForks: readonly GenesisFork[] = [
  phase0Genesis,
  altairGenesis,
  bellatrixGenesis,
  capellaGenesis,
  denebGenesis,
  electraGenesis,
  fuluGenesis,
];

/**
 * The consensus genesis of a network, at the highest fork that is active at epoch 0: the state that
 * ethpandaops/eth-beacon-genesis 0.0.5 makes of the same inputs. Throws EPH-GENESIS-FORK-UNSUPPORTED,
 * EPH-GENESIS-NO-VALIDATORS, EPH-VALIDATORS-PUBKEY.
 */
export async function buildConsensusGenesis(context: GenesisContext): Promise<GenesisState> {
  await chooseFastHasher();
  const { genesisFork } = context.config;
  const fork = genesisForks.find(({ name }) => name === genesisFork);
  if (fork !== undefined) return fork.build(context);
  const highest = genesisForks.at(-1)?.name ?? 'phase0';
  throw genesisErrors.create('EPH-GENESIS-FORK-UNSUPPORTED', { fork: genesisFork, highest });
}
