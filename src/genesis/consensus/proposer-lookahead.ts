import { hash } from 'node:crypto';
import type { Weighing } from './candidates.ts';
import { weighedCandidates } from './candidates.ts';
import type { GenesisContext } from './genesis-state.ts';
import { genesisSeed } from './shuffle.ts';
import type { ValidatorRegistry } from './validator-registry.ts';
import { maxEffectiveBalanceElectraGwei } from './validator-registry.ts';

const slotsPerEpoch = 32;
/** MIN_SEED_LOOKAHEAD + 1. */
const epochs = 2;
/** The first byte of DOMAIN_BEACON_PROPOSER. */
const domainBeaconProposer = 0;

const weighing: Weighing = { randomBytes: 2, highestBalanceGwei: maxEffectiveBalanceElectraGwei };

/** `initialize_proposer_lookahead` (EIP-7917; consensus-specs, fulu/fork.md): the proposers of the first two epochs. */
export function proposerLookahead(context: GenesisContext, registry: ValidatorRegistry): number[] {
  const proposers: number[] = [];
  for (let slot = 0; slot < epochs * slotsPerEpoch; slot++) {
    const epoch = Math.floor(slot / slotsPerEpoch);
    const input = Buffer.alloc(40);
    input.set(genesisSeed(domainBeaconProposer, epoch, context.executionBlock.hash));
    input.writeBigUInt64LE(BigInt(slot), 32);
    const { value } = weighedCandidates(hash('sha256', input, 'buffer'), registry, weighing).next();
    proposers.push(value);
  }
  return proposers;
}
