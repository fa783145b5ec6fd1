import { keySetPaths, keystoreFile } from '../../core/keys/key-set-paths.ts';
import type { KeyDerivation, Keystore } from '../../core/keys/keystore.ts';
import { parseKeystore } from '../../core/keys/parse-keystore.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { chosenKeys, type KeyServices, keySetStore } from './key-sets.ts';
import { type KeyWatch, openKeys } from './open-keys.ts';
import { type ToldMessage, toldMessages } from './told-messages.ts';

export interface ShowKeyReport {
  readonly keySet: string;
  readonly pubkey: PublicKey;
  /** EIP-2334; empty when its maker did not tell. */
  readonly path: string;
  readonly uuid: string;
  readonly description?: string;
  readonly file: string;
  readonly derivation: KeyDerivation;
  /** Its password lies beside it. */
  readonly hasPassword: boolean;
  /** Exits and changes of credentials that were signed with it, the oldest first. */
  readonly messages: readonly ToldMessage[];
  /** Opened, and held against the public key; absent unless it was asked for. */
  readonly proven?: true;
}

/** One key's files. With `prove` it is opened. Throws EPH-KEYS-NOT-HERE, EPH-KEYS-KEYSTORE-INVALID, EPH-KEYS-UNOPENED. */
export async function showKey(
  services: KeyServices,
  wish: { readonly key: string; readonly prove: boolean },
  watch: KeyWatch,
): Promise<ShowKeyReport> {
  const store = keySetStore(services.paths);
  const places = await chosenKeys(store, { keys: [wish.key] });
  if (wish.prove) await openKeys(services, { places }, watch);
  const [place] = places;
  if (place === undefined) throw new RangeError('one key was asked for');
  const { keySet, key } = place;
  const { keystore: text, password } = await store.read(keySet, key);
  const file = keystoreFile(keySetPaths(services.paths.keys, keySet), key);
  const keystore: Keystore = parseKeystore(file, text);
  const { path, uuid, description, derivation } = keystore;
  const messages = await toldMessages(services.paths, [keySet], { nowMs: services.clock.nowMs() });
  return {
    keySet,
    pubkey: key,
    path,
    uuid,
    ...(description === undefined ? {} : { description }),
    file,
    derivation,
    hasPassword: password !== undefined,
    messages: messages.get(key) ?? [],
    ...(wish.prove ? { proven: true } : {}),
  };
}
