import { publicNetwork } from '../core/network/public-network.ts';
import { mayflyErrors } from './errors.ts';

/** Public networks with a fixed chain id. Source: the `DEPOSIT_CHAIN_ID` of their published configurations. */
const fixedChains: Readonly<Record<number, string>> = {
  1: 'mainnet',
  17000: 'holesky',
  560048: 'hoodi',
  11155111: 'sepolia',
};

export interface ChainFacts {
  readonly chainId: number;
  readonly genesisTimeSeconds: number;
}

/**
 * Refuses a network that others run as well: a consensus that Mayfly makes up there would lead an execution
 * client along a chain that is not the network's. @throws EPH-MAYFLY-PUBLIC-NETWORK
 */
export function refusePublicNetwork({ chainId, genesisTimeSeconds }: ChainFacts): void {
  const name = fixedChains[chainId] ?? ephemeryIteration(chainId, genesisTimeSeconds);
  if (name !== undefined) throw mayflyErrors.create('EPH-MAYFLY-PUBLIC-NETWORK', { network: name, chainId });
}

/** Ephemery is told by both, chain id and time, as one alone may be anybody's. */
function ephemeryIteration(chainId: number, genesisTimeSeconds: number): string | undefined {
  const { baseChainId, baseTimeSeconds, periodSeconds, genesisDelaySeconds, name } = publicNetwork;
  const iteration = chainId - baseChainId;
  const genesis = baseTimeSeconds + iteration * periodSeconds + genesisDelaySeconds;
  return iteration >= 0 && genesis === genesisTimeSeconds ? `${name} ${iteration}` : undefined;
}
