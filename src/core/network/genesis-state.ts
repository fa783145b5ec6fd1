/** What is read of a `genesis.ssz` without decoding all of it. */
export interface GenesisState {
  readonly genesisTimeSeconds: number;
  readonly genesisValidatorsRoot: string;
  readonly slot: number;
  /** 4 bytes as hex, as the next. */
  readonly previousForkVersion: string;
  readonly currentForkVersion: string;
  readonly forkEpoch: number;
  /** The execution block that the state builds on, as the deposit bridge knows it. */
  readonly eth1BlockHash: string;
  /** The serialized validators, 121 bytes each. */
  readonly validators: Uint8Array;
}

/** Serialized size of a Validator (consensus-specs, phase0, "Validator"). */
export const validatorByteLength = 121;

// Offsets of BeaconState's fixed part in the mainnet preset: 8,192 block and state roots, 65,536 randao
// mixes and 8,192 slashings (consensus-specs, phase0 to Fulu; later forks only append).
const offsets = {
  genesisTime: 0,
  validatorsRoot: 8,
  slot: 40,
  previousVersion: 48,
  currentVersion: 52,
  forkEpoch: 56,
  eth1BlockHash: 524_508,
  validatorsOffset: 524_552,
  balancesOffset: 524_556,
  /** Only from Bellatrix on. */
  executionHeaderOffset: 2_736_629,
} as const;
const headerBlockHash = 472;
const smallestLength = 2_687_248;

/**
 * Reads the parts of a serialized BeaconState that a release is checked by, in the mainnet preset.
 * Returns a sentence instead when the bytes cannot be such a state.
 */
export function readGenesisState(bytes: Uint8Array): GenesisState | string {
  if (bytes.length < smallestLength) return `it has ${bytes.length} bytes, a state has more`;
  const view = viewOf(bytes);
  const start = view.getUint32(offsets.validatorsOffset, true);
  const end = view.getUint32(offsets.balancesOffset, true);
  if (start < smallestLength || end < start || end > bytes.length) return 'its offsets point outside of it';
  if ((end - start) % validatorByteLength !== 0) return 'its list of validators has no whole number of them';
  return {
    genesisTimeSeconds: Number(view.getBigUint64(offsets.genesisTime, true)),
    genesisValidatorsRoot: hexAt(bytes, offsets.validatorsRoot, 32),
    slot: Number(view.getBigUint64(offsets.slot, true)),
    previousForkVersion: hexAt(bytes, offsets.previousVersion, 4),
    currentForkVersion: hexAt(bytes, offsets.currentVersion, 4),
    forkEpoch: Number(view.getBigUint64(offsets.forkEpoch, true)),
    eth1BlockHash: hexAt(bytes, offsets.eth1BlockHash, 32),
    validators: bytes.subarray(start, end),
  };
}

/**
 * The block hash in `latest_execution_payload_header`, for a state of Bellatrix to Fulu (Gloas drops the
 * field). Undefined when the offset does not point at a header.
 */
export function readPayloadBlockHash(bytes: Uint8Array): string | undefined {
  if (bytes.length < offsets.executionHeaderOffset + 4) return undefined;
  const start = viewOf(bytes).getUint32(offsets.executionHeaderOffset, true);
  const inside = start > offsets.executionHeaderOffset && start + headerBlockHash + 32 <= bytes.length;
  return inside ? hexAt(bytes, start + headerBlockHash, 32) : undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function hexAt(bytes: Uint8Array, offset: number, length: number): string {
  return `0x${Buffer.from(bytes.subarray(offset, offset + length)).toString('hex')}`;
}
