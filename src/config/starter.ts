/** What a first configuration should say; also what runs when there is none. */
export interface StarterChoices {
  readonly network: string;
  readonly node: string;
  readonly runtime: string;
  readonly execution: string;
  readonly consensus: string;
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
