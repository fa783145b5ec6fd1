import type { Log } from '../../base/log.ts';
import type { BeaconHttp } from '../beacon/beacon-http.ts';
import { BeaconNode } from '../beacon/beacon-node.ts';
import { BeaconBlocks } from '../beacon/blocks.ts';
import type { KeyChest } from '../keys/key-chest.ts';
import type { SigningNetwork } from '../network.ts';
import type { Protection } from '../protection/protection.ts';
import type { SettingsBook } from '../settings.ts';
import { Signer } from '../signer.ts';
import { SigningRoots } from '../signing-roots.ts';
import { DutyBook } from './duty-book.ts';
import type { Persist } from './persist.ts';
import { Roster } from './roster.ts';

/** What the duties are done with. */
export interface DutyParts {
  readonly node: BeaconNode;
  readonly blocks: BeaconBlocks;
  readonly roster: Roster;
  readonly book: DutyBook;
  readonly signer: Signer;
  readonly roots: SigningRoots;
  readonly settings: SettingsBook;
  readonly persist: Persist;
  readonly log: Log;
}

export interface DutySources {
  readonly http: BeaconHttp;
  readonly network: SigningNetwork;
  readonly keys: KeyChest;
  readonly protection: Protection;
  readonly settings: SettingsBook;
  readonly persist: Persist;
  readonly log: Log;
}

export function createDutyParts(sources: DutySources): DutyParts {
  const { http, network, keys, protection, settings, persist, log } = sources;
  const node = new BeaconNode(http, network.config);
  const roster = new Roster(node, keys);
  return {
    node,
    blocks: new BeaconBlocks(http, network.config),
    roster,
    book: new DutyBook(node, roster),
    signer: new Signer(keys, protection),
    roots: new SigningRoots(network.config),
    settings,
    persist,
    log,
  };
}

export function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}

export function bytesOf(hexText: string): Uint8Array {
  return new Uint8Array(Buffer.from(hexText.slice(2), 'hex'));
}
