/** An account of the genesis state, in geth's form. */
export interface GenesisAccount {
  /** Wei, decimal. */
  readonly balance: string;
  readonly nonce?: string;
  readonly code?: string;
  readonly storage?: Readonly<Record<string, string>>;
}

export interface BlobParameters {
  readonly target: number;
  readonly max: number;
  readonly baseFeeUpdateFraction: number;
}

/** Fork times are seconds, 0 for a fork that is active from the start; a fork without one is not scheduled. */
export interface ExecutionChainConfig {
  readonly chainId: number;
  readonly depositContractAddress?: string;
  readonly blobSchedule?: Readonly<Record<string, BlobParameters>>;
  readonly [setting: string]: unknown;
}

/** The content of genesis.json, in geth's form as the public generator writes it. */
export interface ExecutionGenesis {
  readonly config: ExecutionChainConfig;
  /** By lower-case address. */
  readonly alloc: Readonly<Record<string, GenesisAccount>>;
  readonly coinbase: string;
  readonly difficulty: string;
  readonly extraData: string;
  readonly gasLimit: string;
  readonly nonce: string;
  readonly mixhash: string;
  readonly parentHash: string;
  /** Seconds, decimal. */
  readonly timestamp: string;
}
