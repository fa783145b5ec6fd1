/** Where verified releases of a network come from, tried in order. */
export type ReleaseSourceDefinition =
  /** A host with GitHub's release URLs; `url` is the repository's page. */
  | { readonly kind: 'github'; readonly url: string }
  /** A host that serves only the latest iteration's files under `url`. */
  | { readonly kind: 'mirror'; readonly url: string }
  /** A folder with one folder or archive an iteration, named after the release tag. */
  | { readonly kind: 'directory'; readonly path: string };

/**
 * What is known of a resetting network without asking anybody. Times of the protocol are whole
 * seconds, as in its genesis files; iteration 0 starts at `baseTimeSeconds` with `baseChainId`.
 */
export interface NetworkDefinition {
  readonly name: string;
  readonly baseTimeSeconds: number;
  readonly baseChainId: number;
  readonly periodSeconds: number;
  /** From T to the consensus genesis. */
  readonly genesisDelaySeconds: number;
  /** How long before T the next release may appear. */
  readonly publishLeadSeconds: number;
  /** How long before T we begin to look for it. */
  readonly prefetchLeadSeconds: number;
  /** A release's tag is this followed by the iteration. */
  readonly releaseTagPrefix: string;
  readonly releaseSources: readonly ReleaseSourceDefinition[];
  readonly checkpointProviders: readonly string[];
  /**
   * Static over the iterations where given (4 bytes as hex); later forks' versions differ from it in the
   * first digit alone. A release with others is refused.
   */
  readonly genesisForkVersion?: string;
}
