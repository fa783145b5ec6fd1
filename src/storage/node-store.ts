import type { Secret } from '../base/secret.ts';
import type { ClientFile, IdentityFile, KeyFiles } from '../core/clients/client.ts';
import type { KeyPlaces } from '../core/clients/key-places.ts';
import type { PublicKey } from '../core/keys/public-key.ts';
import type { ToldBook } from '../core/keys/told-settings.ts';
import type { NetworkIdentity } from '../core/network/identity.ts';
import type { KeyInventory } from '../core/node/journal-entry.ts';
import type { ChainFolder, ProtectionInventory, ProtectionStore } from '../core/node/observed.ts';
import type { SigningOrder } from '../core/node/signing-order.ts';

/** One client's directory in a chain folder: `chains/<folder>/<client>`, for instance `…/execution.geth`. */
export interface ClientPlace {
  readonly folder: string;
  readonly client: string;
}

/** Files that outlive a store of protection: what a client was told by its user. */
export interface KeptFiles {
  /** The store that has them, `<gvr8>/<client>-<n>`. */
  readonly folder: string;
  /** Those that are not there are left out. */
  readonly names: readonly string[];
}

/** Brings the interchange of earlier stores, if there are any, into a new one that nobody uses yet. Throws when it cannot. */
export type ProtectionMerge = (earlier: readonly ProtectionStore[], intoPath: string) => Promise<void>;

export interface StoredKeystore {
  readonly key: PublicKey;
  /** EIP-2335. */
  readonly keystore: string;
  readonly password: Secret;
}

export interface KeyPlacement {
  readonly places: KeyFiles;
  /** The sets whose keystores are placed; none where a remote signer has them. */
  readonly keySets: readonly string[];
  /** Files made of the keys. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
}

/** Which copies of keys a node's programs are to have no more. */
export interface KeyWithdrawal {
  readonly places: KeyPlaces;
  /** The node's signer runs, or is to. */
  readonly exceptSigner?: boolean;
  /** The store, `<gvr8>/<client>-<n>`, whose client runs or is to. */
  readonly except?: string;
}

/** Host paths of a signer's database. */
export interface SignerDatabasePlaces {
  readonly data: string;
  /** The folder of its Unix socket. */
  readonly socket: string;
  /** The 0600 file with the password of its user. */
  readonly password: string;
}

/**
 * All that the reset machine needs of the disk for one node. Each call either has its whole effect or,
 * after a kill or an error, can be made again. Nothing here removes the last copy of a key, identity or protection.
 */
export interface NodeStore {
  /** The journal's text; empty when there is none. */
  readJournal(): Promise<string>;
  /** Adds one line and returns once it is on the disk. After an error its last line may be torn. */
  appendJournal(line: string): Promise<void>;
  /** Replaces the journal at one stroke. */
  replaceJournal(content: string): Promise<void>;

  /** Folders with a readable marker, and the complete client directories in each. */
  chains(): Promise<readonly ChainFolder[]>;
  /**
   * Makes the chain folder with its marker and an unfinished client directory holding the node's identity
   * files, and returns its host path. A leftover of an earlier try is replaced: nothing ever ran on it.
   */
  beginClient(
    place: ClientPlace,
    given: { readonly identity: NetworkIdentity; readonly identityFiles: readonly IdentityFile[] },
  ): Promise<string>;
  /** Turns the unfinished client directory into the complete one. */
  finishClient(place: ClientPlace): Promise<void>;
  /** Host path of a complete client directory. */
  clientPath(place: ClientPlace): string;
  /** Removes a whole chain folder. Throws when it is none of ours. */
  removeChain(folder: string): Promise<void>;
  /** Chain folders whose removal was begun and not ended: they are no chain folders any more, and take room. */
  halfRemovedChains(): Promise<readonly string[]>;
  /** Ends removals that were begun; never touches a chain folder. */
  finishRemovals(): Promise<void>;
  /** Copies the client's identity files out to the node's, where the node has none yet. */
  harvestIdentity(place: ClientPlace, files: readonly IdentityFile[]): Promise<void>;

  /** The mark by which another manager of resets counts a client's directory as its own; undefined without one. */
  otherManager(dataPath: string): Promise<string | undefined>;

  /** Host path of the folder with the node's identity files, which is made if need be. */
  identityPath(): Promise<string>;
  /** Host path of the secret that both chain clients share, made once. */
  jwtPath(): Promise<string>;
  /**
   * Host path of the token that guards the keymanager API of the node's validator client, made once. `hex`: another one,
   * for clients that want it bare, and that opens nothing but that API.
   */
  keymanagerTokenPath(form?: 'ours' | 'hex'): Promise<string>;
  /** Host path of the folder of the node's signer, which is made if need be. */
  signerPath(): Promise<string>;
  /**
   * Where the database of the node's signer has what is its own, folders and password made once: protection, which
   * is never collected.
   */
  signerDatabase(): Promise<SignerDatabasePlaces>;
  /** Host path of what the signer's database remembered of a network when that was last asked (EIP-3076). */
  signerProtectionPath(genesisValidatorsRoot: string): Promise<string>;
  /** Writes a 0600 file among the node's secrets, and gives its host path. */
  writeSecret(name: string, content: string): Promise<string>;
  /** Whether there is something at `path` in a client's data directory (a host path). */
  holds(data: string, path: string): Promise<boolean>;
  /**
   * Writes a client's own files into its data directory (a host path), taking from the bundle's directory what they
   * are made of. Writing them again has no other effect. Throws when a path leads out of either.
   */
  placeFiles(data: string, files: readonly ClientFile[], bundle: string): Promise<void>;

  /**
   * Makes the places anew in which a client that is to start looks for keys, within its data directory (a host path).
   * The client must not run. Gives the folder into which keys were put that no key set has, if there were any. Throws
   * EPH-STORE-PASSWORD-MISSING.
   */
  placeKeys(data: string, placement: KeyPlacement): Promise<string | undefined>;
  /**
   * Takes the copies of keys out of all stores whose clients do not run, so that one that is started by hand signs with
   * none. Gives the folders into which keys were put that no key set has.
   */
  withdrawKeys(from: KeyWithdrawal): Promise<readonly string[]>;
  /** Keystores of a set with their passwords. Throws EPH-STORE-PASSWORD-MISSING. */
  keystores(keySet: string, keys: readonly PublicKey[]): Promise<readonly StoredKeystore[]>;

  /** The stores, and the folders that should be stores of which that cannot be told. */
  protection(): Promise<ProtectionInventory>;
  /**
   * Makes a store at one stroke, the earlier ones of its validators root merged in, and with what is kept of the
   * client's last one. Made already: no effect.
   */
  openProtection(store: ProtectionStore, merge: ProtectionMerge, kept?: KeptFiles): Promise<void>;
  /**
   * Makes a store of what somebody else signed, after all that are there: the next start of the validator client opens one
   * that has it. Several at once take turns.
   */
  giveProtection(genesisValidatorsRoot: string, write: (into: string) => Promise<void>): Promise<void>;
  protectionPath(store: ProtectionStore): string;

  /** The keys of these sets, by their keystores. */
  keys(keySets: readonly string[]): Promise<KeyInventory>;
  /** The public keys in these sets. */
  publicKeys(keySets: readonly string[]): Promise<readonly PublicKey[]>;
  /** Of them those that a remote signer has, and that no keystore of theirs has. */
  remoteOnly(keySets: readonly string[]): Promise<readonly PublicKey[]>;
  keySetPath(keySet: string): string;
  /** What the keys of a set were told over the keymanager API. Throws EPH-STORE-TOLD-INVALID. */
  told(keySet: string): Promise<ToldBook>;
  writeTold(keySet: string, book: ToldBook): Promise<void>;

  /** What was said about this node's signers. Throws when that cannot be read. */
  signingOrder(): Promise<SigningOrder>;
  writeSigningOrder(order: SigningOrder): Promise<void>;
  /**
   * Starts a signer unless its order says otherwise: undefined then. Whoever gives such an order waits until a start
   * that began before has ended.
   */
  startSigning<T>(start: () => Promise<T>): Promise<T | undefined>;

  /** The ports once given to this node; undefined before. */
  readPorts(): Promise<Readonly<Record<string, number>> | undefined>;
  writePorts(ports: Readonly<Record<string, number>>): Promise<void>;

  /** Room left on the disk under the root. */
  freeBytes(): Promise<number>;
}
