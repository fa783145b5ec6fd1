import type { Answer } from '../base/answer.ts';
import type { SlotTiming } from '../core/sync/slot-timing.ts';
import type { ExecutionProgress } from '../core/sync/sync-stage.ts';

export interface PeerInfo {
  readonly direction: 'inbound' | 'outbound' | 'unknown';
  /** As the peer names itself; absent where the API does not say. */
  readonly client?: string;
  /** Where it was reached or came from; only for ourselves, not for documents. */
  readonly address?: string;
}

/** How a client presents itself to its peers. */
export interface OwnIdentity {
  /** EIP-778 record as text. */
  readonly enr?: string;
  /** Execution clients. */
  readonly enode?: string;
  /** Addresses that it announces, in its own form (multiaddresses, or host:port). */
  readonly addresses: readonly string[];
}

/** What an execution client says of its progress and its peers; `admin` methods where it has them. */
export interface ExecutionNetworkApi {
  progress(): Promise<Answer<ExecutionProgress>>;
  headBlock(): Promise<Answer<number>>;
  peerCount(): Promise<Answer<number>>;
  peers(): Promise<Answer<readonly PeerInfo[]>>;
  identity(): Promise<Answer<OwnIdentity>>;
}

/** What a consensus client says of its network and its peers. */
export interface BeaconNetworkApi {
  timing(): Promise<Answer<SlotTiming>>;
  peers(): Promise<Answer<readonly PeerInfo[]>>;
  identity(): Promise<Answer<OwnIdentity>>;
}
