import type { PublicKey } from '../core/keys/public-key.ts';

/** A key that a client signs with. */
export interface ListedKey {
  readonly key: PublicKey;
  /** Where its secret is: in the client, or with a remote signer. */
  readonly held: 'local' | 'remote';
  /** It did not come through this API, and cannot be taken away through it. */
  readonly readonly: boolean;
  /** Remote keys: the signer, where the client tells it. */
  readonly url?: string;
}

/** What became of one key of a request. */
export interface KeyOutcome<Status extends string> {
  readonly key: PublicKey;
  readonly status: Status | 'error';
  /** The client's own words, without passwords and tokens. */
  readonly message?: string;
}

export type ImportStatus = 'imported' | 'duplicate';
export type DeleteStatus = 'deleted' | 'not_active' | 'not_found';

/** One key to be brought in. */
export interface KeystoreToImport {
  readonly key: PublicKey;
  /** The keystore's text, EIP-2335. */
  readonly keystore: string;
  readonly password: { reveal(): string };
}

export interface DeletedKeystores {
  readonly outcomes: readonly KeyOutcome<DeleteStatus>[];
  /** What the client remembers of these keys: the text of an EIP-3076 interchange. */
  readonly protection: string;
}

/** As the Beacon API takes it. */
export interface SignedExit {
  readonly message: { readonly epoch: string; readonly validator_index: string };
  readonly signature: string;
}

/** What a proposal of a key is made with; what is absent is the client's own. */
export interface KeySettings {
  readonly feeRecipient?: string;
  readonly gasLimit?: number;
  readonly graffiti?: string;
}

export type KeySettingName = keyof KeySettings;

/**
 * The standard Keymanager API of a validator client or signer. Source: ethereum/keymanager-APIs. Every call throws
 * EPH-KEYMANAGER-* when the client refuses it or answers something else, and EPH-HTTP-* when it does not answer.
 */
export interface Keymanager {
  /** All keys that it signs with; remote ones only where the client knows of remote keys. */
  keys(): Promise<readonly ListedKey[]>;
  /** In their order. `protection`: the text of an EIP-3076 interchange, taken in before the keys. */
  importKeystores(
    keystores: readonly KeystoreToImport[],
    protection?: string,
  ): Promise<readonly KeyOutcome<ImportStatus>[]>;
  /**
   * The keys sign no more when this returns, and what they signed is in the answer. Their keystores are lost with it:
   * commands stop the client instead, which puts aside what no key set has.
   */
  deleteKeystores(keys: readonly PublicKey[]): Promise<DeletedKeystores>;
  importRemoteKeys(keys: readonly PublicKey[], url: string): Promise<readonly KeyOutcome<ImportStatus>[]>;
  deleteRemoteKeys(keys: readonly PublicKey[]): Promise<readonly KeyOutcome<DeleteStatus>[]>;
  /** Undefined when the client has nothing set. */
  setting<N extends KeySettingName>(key: PublicKey, name: N): Promise<KeySettings[N]>;
  /** Undefined takes the key's own away: what the client has for all holds again. */
  set<N extends KeySettingName>(key: PublicKey, name: N, value: KeySettings[N]): Promise<void>;
  /** The exit is signed and not sent. Of the current epoch unless told. */
  signExit(key: PublicKey, epoch?: number): Promise<SignedExit>;
}
