/** What a first configuration should say; also what runs when there is none. */
export interface StarterChoices {
  readonly network: string;
  readonly node: string;
  readonly runtime: string;
  readonly execution: string;
  readonly consensus: string;
}

/** Few nodes run these two: a defect of a client that many run is a danger to the network, and to its users. */
const minorityPair = { execution: 'reth', consensus: 'nimbus' } as const;
const embeddedPair = { execution: 'ethereumjs', consensus: 'mayfly' } as const;

/**
 * What a first node runs. On a local network that is what this package carries, as processes; elsewhere a pair that
 * follows real networks, under the runtime given.
 */
export function starterChoices(network: string, runtime: 'process' | 'container'): StarterChoices {
  if (network === 'devnet') return { network, node: 'home', runtime: 'process', ...embeddedPair };
  return { network, node: 'home', runtime, ...minorityPair };
}

/** A short `ephemery.yaml` that loads as it is, with a word on each line that one would change. */
export function starterConfig(choices: StarterChoices): string {
  return `# What should run. \`ephemery up\` makes it so; the reference names every key.
version: 1

nodes:
  ${choices.node}:
    # ephemery, devnet, or one declared under networks
    network: ${choices.network}
    runtime: ${choices.runtime}
    execution: { client: ${choices.execution} }
    consensus: { client: ${choices.consensus} }

# What is kept of earlier iterations once a new one is live.
# Keys, node identity and slashing protection are always kept.
retention: { chains: 1, releases: 2 }
`;
}
