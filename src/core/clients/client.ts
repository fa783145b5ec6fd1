import type { ExportPlaces } from '../keys/export-layout.ts';
import type { SigningHistory } from '../keys/interchange.ts';
import type { PublicKey } from '../keys/public-key.ts';
import type { ForkName } from '../network/forks.ts';
import type { NetworkIdentity } from '../network/identity.ts';
import type { SyncReader } from '../sync/sync-stage.ts';
import type { ArtifactChoice } from './artifact-choice.ts';
import type { FlagOfVariable } from './flag-variables.ts';
import type { ReadinessProbe, StopPolicy, TaskSpec, UnitSpec } from './units.ts';

export type Layer = 'execution' | 'consensus' | 'validator' | 'signer' | 'database';

export interface PortDeclaration {
  /** rpc, engine, p2p, api, metrics, … ; unique within the client. */
  readonly name: string;
  /** `tcp+udp` is one number for both. */
  readonly protocol: 'tcp' | 'udp' | 'tcp+udp';
  /** `node`: only the programs of its own node. */
  readonly exposure: 'loopback' | 'public' | 'node';
  /** Whoever reaches it can steer the client, or have it sign: it is never published further. */
  readonly steers?: true;
}

/** A file that carries the node's name among its peers, kept over resets. */
export interface IdentityFile {
  /** Its name under nodes/<node>/identity/. */
  readonly name: string;
  /** Where the client keeps it, relative to its data directory. */
  readonly dataPath: string;
}

/**
 * All that a client may know when it says how it is run: the paths are those it will see (a runtime
 * may show a host path under another name), the ports those it was given.
 */
export interface ClientContext {
  readonly node: string;
  /** Its own, as its program is pinned or tells it. */
  readonly version: string;
  readonly identity: NetworkIdentity;
  readonly highestFork: ForkName;
  readonly enodes: readonly string[];
  readonly bootstrapEnrs: readonly string[];
  readonly paths: {
    /** Writable, this client's alone, new with each network identity. */
    readonly data: string;
    /** The bundle's directory, read-only. */
    readonly bundle: string;
    /** nodes/<node>/identity/, read-only. */
    readonly identity: string;
    /** The 0600 file with 32 bytes as hex; empty for those who have no business with it. */
    readonly jwt: string;
    /** Validators and signers: the 0600 file with the token of the keymanager API, made by us. */
    readonly keymanagerToken?: string;
    /** Databases: the 0600 file with the password of their only user. */
    readonly password?: string;
    /** Databases: the folder of their Unix socket. */
    readonly socket?: string;
  };
  readonly ports: Readonly<Record<string, number>>;
  /** Consensus: the execution client's engine URL. */
  readonly engineUrl?: string;
  /** Validator: the consensus client's API URL. */
  readonly beaconUrl?: string;
  /** Consensus clients that follow a simulated network: the producer's Beacon API. */
  readonly followUrl?: string;
  /** What loopback ports are bound to, as the program sees it: 127.0.0.1, or every interface inside a container. */
  readonly listenAddress: string;
  /** The address under which peers reach this host, when it is known. */
  readonly externalAddress?: string;
  /** Consensus: a Beacon API that was checked against this network, to start from its finalized state. */
  readonly checkpointUrl?: string;
  /** Consensus: the API of an external block builder. */
  readonly builderUrl?: string;
  /** Validator: its beacon node has an external block builder, which it is to ask. */
  readonly asksBuilder?: true;
  /** Consensus and validator: who gets the fees of a proposal for which nothing else is set. */
  readonly feeRecipient?: string;
  readonly graffiti?: string;
  /** Validator and signer: the key sets, where the program sees them. */
  readonly keySets: readonly KeySetView[];
  /** Execution and consensus: arguments of the client that runs inside it; absent when none does. */
  readonly hosted?: readonly string[];
  /** Validator: the remote signer that holds the keys. */
  readonly signerUrl?: string;
  /** Signer: where it keeps its slashing protection. */
  readonly signerDatabase?: SignerDatabase;
  /** From the node's configuration, managed flags already refused. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A key set as a program sees it: read-only folders, as keys are kept under the root. */
export interface KeySetView {
  readonly name: string;
  /** EIP-2335 keystores. */
  readonly keystores: string;
  /** Their passwords, a file a public key. */
  readonly secrets: string;
  readonly feeRecipient?: string;
}

/** A PostgreSQL database; the password lies in a 0600 file of options, never among the arguments. */
export interface SignerDatabase {
  /** `jdbc:postgresql://…` */
  readonly jdbcUrl: string;
  readonly username: string;
  /** YAML with `eth2.slashing-protection-db-password`. */
  readonly optionsFile: string;
}

/** What the client contributes to its unit; the planner adds name and mounts. */
export type ClientProgram = Pick<UnitSpec, 'args' | 'env'>;
export type ClientTask = Pick<TaskSpec, 'args' | 'env' | 'deadlineMs'> & {
  readonly name: string;
  /** Validators: what it leaves in the data directory. Where that is, the task is not run again. */
  readonly makes?: string;
};

/** From this version on a client knows this fork. */
export interface ForkSupport {
  readonly fork: ForkName;
  readonly since: string;
  /** Where that was read. */
  readonly source: string;
}

export type KeymanagerToken = 'ours' | 'hex' | 'none';

export interface KeymanagerDeclaration {
  readonly port: string;
  /**
   * Who makes the token file: we, at `paths.keymanagerToken`, or nobody, because the API has none. `hex`: ours, without
   * the `0x` that others want; it opens nothing else.
   */
  readonly token: KeymanagerToken;
  /**
   * What it holds: keystores of its own, the public keys of a remote signer, or either. `remote`: it knows no keystores,
   * looks for no keys by itself, and stops at one that its signer does not have.
   */
  readonly keys: 'local' | 'remote' | 'both';
  /** What can be set for one key. */
  readonly settings: readonly ('feeRecipient' | 'gasLimit' | 'graffiti')[];
  /** It refuses a gas limit unless it asks a builder. */
  readonly gasLimitNeedsBuilder?: true;
  /** Words of a refusal which mean that nothing is set, where it says that neither with success nor with "not found". */
  readonly nothingSet?: readonly string[];
  /** It does not answer before the genesis of its network. */
  readonly answersFromGenesis?: true;
  /** It signs voluntary exits on request. */
  readonly signsExits: boolean;
}

/** The last that a key signed. */
export interface SignedMark {
  /** The slot of a block. */
  readonly block?: number;
  /** The target epoch of an attestation. */
  readonly attestation?: number;
}

/** A key as a validator client is given it. */
export interface KeyToPlace {
  readonly key: PublicKey;
  /** Where its fees go, when that is its set's own. */
  readonly feeRecipient?: string;
}

/**
 * Where a validator client that starts looks for keys, relative to its data directory. Made anew before each start:
 * what an earlier run had and its sets have no more is gone, so that it never signs with keys that were moved. The only
 * copy of a key is put aside.
 */
export interface KeyFiles {
  /** It reads key sets as they are: these places are for what it was given over its API alone, and it keeps them. */
  readonly besideSets?: true;
  /** Folders of key material alone: emptied, and made. */
  readonly folders: readonly string[];
  /** Folders that hold more than keys: what is named after a key in them goes. */
  readonly perKey: readonly string[];
  /** Files and folders that go. */
  readonly gone: readonly string[];
  /** How a key is placed; absent: its keys come over the keymanager API once it runs. */
  readonly place?: {
    keystore(key: PublicKey): string;
    password(key: PublicKey): string;
  };
  /** Files made of all keys. */
  files?(context: ClientContext, keys: readonly KeyToPlace[]): readonly { path: string; content: string }[];
}

/**
 * How a validator client gives its slashing protection away and takes it in, both as EIP-3076, while it does not
 * run. The tasks see the store as `paths.data`.
 */
export interface ProtectionTasks {
  /** The consensus client whose program does both, where the client's own does neither. */
  readonly by?: string;
  /** Where export writes and import reads, relative to the data directory. */
  readonly file: string;
  /**
   * Files that together remember everything at any moment, when they are read in this order while the client runs. Absent:
   * its store is whole only while it does not.
   */
  readonly liveFiles?: readonly string[];
  /** What must lie in a new store before its first import. */
  readonly before?: readonly ClientFile[];
  /** What its export says when it fails because nothing was signed yet. */
  readonly nothingToExport?: string;
  /** What its import is given for a history, forbidding no less, where its own words would be lost otherwise. */
  readonly given?: (history: SigningHistory) => SigningHistory;
  exportTask(context: ClientContext): ClientTask;
  importTask(context: ClientContext): ClientTask;
}

/** A client that people know and that cannot be run here in this layer, with the reason. */
export interface RefusedClient extends Pick<ClientDefinition, 'id' | 'layer' | 'displayName'> {
  /** A whole sentence. */
  readonly reason: string;
  /** What to do instead. */
  readonly remedy: string;
}

/** A file of a client's, `path` relative to its data directory. `from`: the first of these that the bundle has. */
export type ClientFile =
  | { readonly path: string; readonly content: string }
  | {
      readonly path: string;
      readonly from: readonly string[];
      readonly derive?: (text: string) => string;
    };

/**
 * An entry of the catalogue: pure functions from context to tasks and units. What is peculiar to a
 * client stands in its own file and nowhere else.
 */
export interface ClientDefinition {
  readonly id: string;
  readonly layer: Layer;
  readonly displayName: string;
  readonly artifacts: readonly ArtifactChoice[];
  /** What runs when the configuration names no version; absent when only a program of the user's can run. */
  readonly defaultVersion?: string;
  /** Which forks are known from which version on, oldest first. */
  readonly forks: readonly ForkSupport[];
  /** The highest fork that a version of it reaches. */
  highestFork(version: string): ForkName;
  readonly ports: readonly PortDeclaration[];
  /** For those with public ports that cannot be told `externalAddress`: why. A whole sentence. */
  readonly findsOwnAddress?: string;
  readonly identityFiles: readonly IdentityFile[];
  /** Validators: files at the top of the data directory with what a user told it over its API, which a reset must not undo. */
  readonly toldFiles?: readonly string[];
  /** Flags that we set; refused in the configuration's `args`, with or without `=value`. */
  readonly managedFlags: readonly string[];
  /** For programs that take flags from their environment: variables of managed flags are refused in `env`. */
  readonly flagOfVariable?: FlagOfVariable;
  readonly stop: StopPolicy;
  /** Where it tells its Prometheus metrics. */
  readonly metrics?: { readonly port: string; readonly path: string };
  /** Execution: reads what it adds to the standard answer of `eth_syncing`. */
  readonly syncReader?: SyncReader;
  /** Validators and signers: how it keeps keystores, for keys that are copied out for it. */
  readonly exportLayout?: ExportPlaces;
  /** Validators and signers: the API through which keys are brought in. */
  readonly keymanager?: KeymanagerDeclaration;
  /** Validators and signers: their own places for keys. */
  readonly keyFiles?: KeyFiles;
  /** Arguments with which it logs JSON, for a configuration's `args`; none are given unasked. */
  readonly jsonLogs?: readonly string[];
  /**
   * Validators: without it, another client's protection can never be carried over to this one. Signers: what their
   * database remembers of the network of their schema.
   */
  readonly protection?: ProtectionTasks;
  /**
   * Validators whose store can be read while they run: what each key signed last. `files`: in the order in which a
   * message wanders through them. Undefined where a text is not whole.
   */
  readonly signedMarks?: {
    readonly files: readonly string[];
    read(texts: readonly string[]): ReadonlyMap<PublicKey, SignedMark> | undefined;
  };
  /**
   * Signers: what tells of each key in such a schema of its database what it signed last, as a statement that gives `key`
   * (hex with 0x), `block` (slot) and `attestation` (target epoch). Each message is in there before it is signed.
   */
  signedRows?(schema: string): string;
  /** What a reader of the reference should know: traps, and what is peculiar to it. Whole sentences. */
  readonly notes?: readonly string[];
  /**
   * It has no program of its own, and runs inside another of this id, whose arguments its own are added to. Consensus:
   * inside an execution client, whose unit is then both layers and whose files are its own, so that it declares none.
   * Validators: inside a consensus client, which runs on when they are stopped.
   */
  readonly hostedBy?: string;
  /** Consensus: it has no peers, and follows the producer of a local network; refused on others. */
  readonly followsProducer?: true;
  /** Signers: where the migrations of its database lie, relative to the folder of its program, and in its image. */
  readonly migrations?: { readonly beside: string; readonly inImage: string };
  /** It does not run as root, whoever starts it. */
  readonly refusesRoot?: true;
  /** Validators: it holds no keys, and signs only through a remote signer. */
  readonly needsSigner?: true;
  /** Validators: that signer is to be the node's own, because with it alone their signing is ended for sure. */
  readonly needsOwnSigner?: true;
  /** Validators: it does not start without a fee recipient. */
  readonly needsFeeRecipient?: true;
  /** Files that it needs in its data directory besides the bundle's; written before anything of it runs. */
  files?(context: ClientContext): readonly ClientFile[];
  /** One-shot programs that must have succeeded on a new data directory before the first start. */
  tasks(context: ClientContext): readonly ClientTask[];
  program(context: ClientContext): ClientProgram;
  readiness(context: ClientContext): ReadinessProbe;
}
