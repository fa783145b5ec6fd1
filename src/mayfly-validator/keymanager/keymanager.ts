import type { PublicKey } from '../../core/keys/public-key.ts';
import type { KeyChest } from '../keys/key-chest.ts';
import type { Protection } from '../protection/protection.ts';
import type { SettingsBook } from '../settings.ts';

/** What the Keymanager API commands. */
export interface Keymanager {
  readonly keys: KeyChest;
  readonly protection: Protection;
  readonly settings: SettingsBook;
  /** Keys came or went: duties are found anew. */
  keysChanged(): void;
  /** A fee recipient changed: the beacon node is told. */
  recipientsChanged(): void;
  signExit(key: PublicKey, epoch: number | undefined): Promise<SignedExitJson>;
}

/** As the Beacon API takes it. */
export interface SignedExitJson {
  readonly message: { readonly epoch: string; readonly validator_index: string };
  readonly signature: string;
}
