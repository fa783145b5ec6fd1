import { join } from 'node:path';
import { ensureFolder } from '../base/atomic-files.ts';
import type { Clock } from '../base/clock.ts';
import { isEphemeryError, messageOf } from '../base/errors.ts';
import { lockFolder } from '../base/folder-lock.ts';
import type { Log } from '../base/log.ts';
import type { PublicKey } from '../core/keys/public-key.ts';
import { BeaconHttp } from './beacon/beacon-http.ts';
import type { BeaconNode } from './beacon/beacon-node.ts';
import { HeadWatch } from './beacon/head-watch.ts';
import { dutiesOf } from './duties/duties.ts';
import { DutyLoop } from './duties/duty-loop.ts';
import { createDutyParts, type DutyParts, hex } from './duties/duty-parts.ts';
import { persistBySlot } from './duties/persist.ts';
import { prepareProposers } from './duties/preparing.ts';
import { mayflyValidatorErrors } from './errors.ts';
import type { Keymanager, SignedExitJson } from './keymanager/keymanager.ts';
import { KeymanagerError } from './keymanager/keymanager-error.ts';
import { KeyChest } from './keys/key-chest.ts';
import type { KeySource } from './keys/key-source.ts';
import type { SigningNetwork } from './network.ts';
import { Protection } from './protection/protection.ts';
import { SettingsBook, type ValidatorSettings } from './settings.ts';
import { epochOf } from './signing-roots.ts';

export interface ValidatorClientOptions {
  readonly network: SigningNetwork;
  /** Protection, imported keys and settings of this network's validators: for one client at a time. */
  readonly dataFolder: string;
  readonly keySets: readonly KeySource[];
  readonly beaconUrl: string;
  /** What holds for keys without settings of their own. */
  readonly settings: ValidatorSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface ValidatorClient {
  readonly keymanager: Keymanager;
  /** Does duties until the signal. @throws EPH-MAYFLY-VALIDATOR-OTHER-NETWORK */
  run(): Promise<void>;
  /** Signs no more, at once. */
  halt(): void;
  close(): Promise<void>;
}

const retryMs = 1_000;

/**
 * Opens keys and protection and puts a client together. Nothing is asked of the beacon node yet.
 * @throws EPH-MAYFLY-VALIDATOR-IN-USE, EPH-MAYFLY-VALIDATOR-KEY-FILE, EPH-MAYFLY-VALIDATOR-PROTECTION,
 * EPH-INTERCHANGE-*, EPH-KEYS-*
 */
export async function openValidatorClient(options: ValidatorClientOptions): Promise<ValidatorClient> {
  const { dataFolder, network } = options;
  const release = await claimDataFolder(dataFolder);
  try {
    const protection = await Protection.open(dataFolder, network.genesisValidatorsRoot);
    const keys = await KeyChest.open(dataFolder, options.keySets);
    const settings = await SettingsBook.open(join(dataFolder, 'settings.json'), (key) => ({
      ...options.settings,
      ...keys.settingsOf(key),
    }));
    const client = assemble(options, { protection, keys, settings });
    const close = async () => {
      client.halt();
      await protection.close();
      await client.disconnect();
      await release();
    };
    return { ...client, close };
  } catch (cause) {
    await release();
    throw cause;
  }
}

/** Makes the folder ours. Returns what gives it free again. @throws EPH-MAYFLY-VALIDATOR-IN-USE */
export async function claimDataFolder(folder: string): Promise<() => Promise<void>> {
  const lock = await lockFolder(await ensureFolder(folder));
  if (lock.kind === 'held') return lock.release;
  throw mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-IN-USE', { path: folder, pid: lock.pid });
}

interface Stores {
  readonly protection: Protection;
  readonly keys: KeyChest;
  readonly settings: SettingsBook;
}

function assemble(options: ValidatorClientOptions, { protection, keys, settings }: Stores) {
  const { network, beaconUrl, clock, log, signal } = options;
  const http = new BeaconHttp(beaconUrl, signal);
  const persist = persistBySlot(clock, network, signal);
  const parts = createDutyParts({ http, network, keys, protection, settings, persist, log });
  const { node, signer } = parts;
  const head = new HeadWatch();
  const proveNode = () => prove(node, network);
  const duties = dutiesOf(parts, proveNode);
  const loop = new DutyLoop({ duties, head, network, clock, log, signal });
  const keymanager: Keymanager = {
    keys,
    protection,
    settings,
    keysChanged: () => loop.keysChanged(),
    recipientsChanged: () => void prepareProposers(parts).catch(() => undefined),
    signExit: (key, epoch) => signExit(parts, { key, epoch: epoch ?? currentEpoch(options) }, options),
  };
  return {
    keymanager,
    halt: () => signer.halt(),
    disconnect: () => http.close(),
    run: async () => {
      await untilProven(proveNode, options);
      await Promise.all([loop.run(), head.run(http, clock, signal)]);
    },
  };
}

/** @throws EPH-MAYFLY-VALIDATOR-OTHER-NETWORK, EPH-MAYFLY-VALIDATOR-BEACON */
async function prove(node: BeaconNode, network: SigningNetwork): Promise<void> {
  const found = await node.genesisValidatorsRoot();
  const expected = network.genesisValidatorsRoot;
  if (found === expected) return;
  const facts = { url: node.http.url, found, expected };
  throw mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-OTHER-NETWORK', facts);
}

/** A node that starts is waited for; one of another network is not. */
async function untilProven(
  proveNode: () => Promise<void>,
  { clock, log, signal }: ValidatorClientOptions,
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      await proveNode();
      log.info('the beacon node is of our network');
      return;
    } catch (cause) {
      if (isEphemeryError(cause, 'EPH-MAYFLY-VALIDATOR-OTHER-NETWORK')) throw cause;
      if (attempt === 0 && !signal.aborted) {
        log.warn('the beacon node is waited for', { reason: messageOf(cause) });
      }
    }
    await clock.sleep(retryMs, signal).catch(() => undefined);
  }
}

async function signExit(
  { node, signer, roots }: DutyParts,
  { key, epoch }: { readonly key: PublicKey; readonly epoch: number },
  options: ValidatorClientOptions,
): Promise<SignedExitJson> {
  const [validator] = await node.validators([key]);
  if (validator === undefined) throw new KeymanagerError(404, `${key} is no validator of this network yet`);
  const message = { epoch, validatorIndex: validator.index };
  const signature = signer.sign(key, roots.voluntaryExit(currentSlot(options), message));
  return {
    message: { epoch: `${epoch}`, validator_index: `${validator.index}` },
    signature: hex(signature),
  };
}

function currentSlot({ clock, network }: ValidatorClientOptions): number {
  const sinceGenesisMs = clock.nowMs() - network.genesisTimeSeconds * 1000;
  return Math.max(0, Math.floor(sinceGenesisMs / network.slotMs));
}

function currentEpoch(options: ValidatorClientOptions): number {
  return epochOf(currentSlot(options));
}
