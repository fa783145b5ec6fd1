import { deriveValidatorKeys } from '../../src/mayfly/keys/validator-keys.ts';
import { createNetwork, type Network } from '../../src/mayfly/network.ts';
import { type TinyGenesisOptions, tinyGenesis } from './tiny-genesis.ts';

export interface SteppedSetup {
  readonly network: Network;
  readonly keys: ReturnType<typeof deriveValidatorKeys>;
}

/** A network of so many validators whose slots lie in the past, and their keys. */
export async function steppedSetup(
  validators: number,
  options: Partial<TinyGenesisOptions> = {},
): Promise<SteppedSetup> {
  const keys = deriveValidatorKeys('stepped', validators);
  const { configYaml, genesisSsz } = tinyGenesis({
    pubkeys: keys.map((key) => key.pubkey),
    genesisTimeSeconds: 1_700_000_000,
    slotSeconds: 2,
    ...options,
  });
  return { network: await createNetwork(configYaml, genesisSsz), keys };
}
