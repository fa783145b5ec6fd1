import type { CredentialKind } from './credential-kind.ts';
import type { PublicKey } from './public-key.ts';
import type { ExecutionAddress } from './withdrawal-credentials.ts';

/** What is remembered of messages that a command signed and wrote into one file; nothing of them is secret. */
export interface KeptMessages {
  readonly kind: 'exit' | 'credentials-change' | 'deposit';
  readonly network: string;
  readonly iteration: number;
  /** When that iteration ends by the network's schedule. */
  readonly endsAtMs: number;
  /** Of the network that they were signed for; absent for deposits, which are signed for every iteration. */
  readonly genesisValidatorsRoot?: string;
  readonly signedAtMs: number;
  /** Where they were written to, to be sent from there. */
  readonly file: string;
  readonly keys: readonly PublicKey[];
  readonly deposit?: KeptDeposit;
}

/** What a deposit said, so that it can be said again. */
export interface KeptDeposit {
  readonly credentials: CredentialKind;
  readonly address?: ExecutionAddress;
  readonly amountGwei: number;
}

/** `void`: its network is gone, and no other takes it. `early`: its iteration has not begun. */
export type MessageStanding = 'holds' | 'void' | 'early';

export interface NetworkNow {
  readonly nowMs: number;
  /** The clock's. */
  readonly iteration?: number;
  /** Of the release of that iteration, where it is held. */
  readonly genesisValidatorsRoot?: string;
}

/** Whether messages can still be sent. Exits and changes are signed for one validators root, which dies with its iteration. */
export function standingOf(message: KeptMessages, now: NetworkNow): MessageStanding {
  if (message.kind === 'deposit') return 'holds';
  if (now.nowMs >= message.endsAtMs) return 'void';
  if (now.iteration !== undefined && message.iteration > now.iteration) return 'early';
  const root = now.iteration === message.iteration ? now.genesisValidatorsRoot : undefined;
  return root === undefined || root === message.genesisValidatorsRoot ? 'holds' : 'void';
}
