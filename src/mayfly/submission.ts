/** What a follower hands on to the network for its validator clients, as the Beacon API takes it. */
export interface Submission {
  /** For instance `/eth/v2/beacon/pool/attestations`. */
  readonly path: string;
  readonly body: Uint8Array | string;
  readonly contentType: 'application/json' | 'application/octet-stream';
  /** The `Eth-Consensus-Version` header, where the route wants one. */
  readonly version?: string;
}
