import type { IdentityFile } from '../../src/core/clients/client.ts';
import type { ToldBook } from '../../src/core/keys/told-settings.ts';
import type { NetworkIdentity } from '../../src/core/network/identity.ts';
import type { ChainFolder, ProtectionStore } from '../../src/core/node/observed.ts';
import { runAsPlanned, type SigningOrder } from '../../src/core/node/signing-order.ts';
import type { KeptFiles } from '../../src/storage/node-store.ts';

export interface MemoryChain {
  readonly identity: NetworkIdentity;
  /** Complete client directories and the identity files in each. */
  readonly clients: Map<string, Set<string>>;
  readonly unfinished: Map<string, Set<string>>;
}

/** One node's files, in memory; they outlive any number of lives of our process. */
export class MemoryDisk {
  journal = '';
  readonly chains = new Map<string, MemoryChain>();
  /** Chain folders of which something is left: their removal did not end. */
  readonly halfRemoved = new Set<string>();
  readonly identityFiles = new Set<string>();
  readonly protection: ProtectionStore[] = [];
  /** What was to be kept of an earlier store when the one of this name was opened. */
  readonly keptOf = new Map<string, KeptFiles>();
  /** What the keys of a set were told, by the set's name. */
  readonly told = new Map<string, ToldBook>();
  /** Stores whose marker is not what it should be, `<gvr8>/<client>-<n>`. */
  readonly damagedProtection = new Set<string>();
  /** Client directories on which another manager has worked. */
  readonly wrapped = new Set<string>();
  readonly keystores = new Map<string, readonly string[]>();
  ports: Readonly<Record<string, number>> | undefined;
  signingOrder: SigningOrder = runAsPlanned;
  jwt = false;
  freeBytes = 100e9;
  /** Told before a chain folder goes. */
  onRemove: (folder: string) => void = () => undefined;

  folders(): readonly ChainFolder[] {
    return [...this.chains].map(([name, { identity, clients }]) => ({
      name,
      identity,
      clients: [...clients.keys()],
    }));
  }

  /** Everything that must never be lost, by name. */
  treasures(): readonly string[] {
    return [
      ...[...this.keystores].flatMap(([set, keys]) => keys.map((key) => `key ${set}/${key}`)),
      ...this.protection.map((p) => `protection ${p.genesisValidatorsRoot}/${p.client}-${p.number}`),
      ...[...this.identityFiles].map((name) => `identity ${name}`),
      ...(this.jwt ? ['secret jwt.hex'] : []),
    ];
  }
}

/** The names under which a client's identity files are in its directory, as `files` declares them. */
export function identityNames(files: readonly IdentityFile[], present: ReadonlySet<string>): Set<string> {
  return new Set(files.map((file) => file.name).filter((name) => present.has(name)));
}
