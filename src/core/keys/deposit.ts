import { bytesRoot, containerRoot, numberRoot, type Root } from './ssz.ts';

/** What a deposit promises. */
export interface DepositMessage {
  /** 48 bytes. */
  readonly pubkey: Uint8Array;
  /** 32 bytes. */
  readonly withdrawalCredentials: Uint8Array;
  readonly amountGwei: number;
}

export function depositMessageRoot(message: DepositMessage): Root {
  return containerRoot(messageFields(message));
}

/** What the deposit contract compares with. */
export function depositDataRoot(message: DepositMessage, signature: Uint8Array): Root {
  return containerRoot([...messageFields(message), bytesRoot(signature)]);
}

function messageFields({ pubkey, withdrawalCredentials, amountGwei }: DepositMessage): Root[] {
  return [bytesRoot(pubkey), bytesRoot(withdrawalCredentials), numberRoot(amountGwei)];
}
