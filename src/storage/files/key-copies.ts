import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { ensureFolder, syncFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { isEphemeryError } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';
import type { KeyFiles } from '../../core/clients/client.ts';
import { keyOfKeystoreFile, keySetNameForm, keySetPaths, secretFile } from '../../core/keys/key-set-paths.ts';
import { deriveKey, openWith } from '../../core/keys/keystore-cipher.ts';
import { parseSealedText } from '../../core/keys/parse-keystore.ts';
import { isPrysmWallet, prysmAccounts, walletName } from '../../core/keys/prysm-wallet.ts';
import { type PublicKey, publicKeyOf, readPublicKey } from '../../core/keys/public-key.ts';
import { inside } from './client-files.ts';

/** Beside wallets that were put aside: the one that we gave them. */
export const walletPasswordName = 'wallet-password.txt';

/** What of a client's data directory goes, and where the only copy of a key is put instead. */
export interface CopiesToTake {
  readonly places: KeyFiles;
  /** Keys that are safe elsewhere. */
  readonly safe: ReadonlySet<PublicKey>;
  /** Made when it is needed. */
  readonly aside: string;
  /** The one that we gave to wallets of this node. */
  readonly walletPassword?: Secret | undefined;
}

/**
 * Takes everything out of the places where a client looks for keys. Keys that are safe elsewhere are copies and go; all
 * others are put aside, with what lies beside them. Slashing protection is in none of these places. After a kill it is
 * begun again. Gives the folder that keys were put into, if any were.
 */
export async function takeCopies(data: string, copies: CopiesToTake): Promise<string | undefined> {
  const { places } = copies;
  const paths = await placesIn(data, places);
  const files = (await Promise.all(paths.map((path) => filesUnder(data, path)))).flat();
  const lonely = await onlyCopies(data, files, copies);
  // First: without it what follows could not be opened any more.
  if (lonely.some((file) => file.endsWith(walletName))) await putPassword(copies);
  if (lonely.length > 0) await putAside(data, lonely, copies.aside);
  for (const path of paths) await rm(inside(data, path), { recursive: true, force: true });
  return lonely.length > 0 ? copies.aside : undefined;
}

/** Every key of which a key set has the keystore with its password. */
export async function safeKeys(keysFolder: string): Promise<ReadonlySet<PublicKey>> {
  const safe = new Set<PublicKey>();
  for (const keySet of (await namesIn(keysFolder)).filter((name) => keySetNameForm.test(name))) {
    const paths = keySetPaths(keysFolder, keySet);
    for (const name of await namesIn(paths.keystores)) {
      const key = keyOfKeystoreFile(name);
      if (key === undefined) continue;
      const size = (at: string) => stat(at).then((seen) => seen.size, ifAbsent(0));
      const isWhole =
        (await size(join(paths.keystores, name))) > 0 && (await size(secretFile(paths, key))) > 0;
      if (isWhole) safe.add(key);
    }
  }
  return safe;
}

/** Relative to the data directory; in folders that hold more than keys only what is named after a key. */
async function placesIn(data: string, { folders, gone, perKey }: KeyFiles): Promise<readonly string[]> {
  const named = perKey.map(async (folder) =>
    (await namesIn(inside(data, folder)))
      .filter((name) => readPublicKey(name) !== undefined)
      .map((name) => `${folder}/${name}`),
  );
  return [...folders, ...gone, ...(await Promise.all(named)).flat()];
}

/** A link is none: what it leads to stays. */
export async function filesUnder(data: string, path: string): Promise<readonly string[]> {
  const at = inside(data, path);
  const entries = await readdir(at, { withFileTypes: true, recursive: true }).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOTDIR') return undefined;
      return ifAbsent([])(cause);
    },
  );
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(data, join(entry.parentPath, entry.name)));
}

/** The files without which a key that is nowhere else would be lost, in the order in which they may be moved. */
async function onlyCopies(
  data: string,
  files: readonly string[],
  copies: CopiesToTake,
): Promise<readonly string[]> {
  const lonely = new Set<string>();
  const keys = new Set<PublicKey>();
  for (const file of files) {
    const named = keyNamed(file);
    if (named !== undefined && copies.safe.has(named)) continue;
    const held = file.endsWith('.json') ? await keysHeld(join(data, file), copies) : [];
    if (held === 'unknown') lonely.add(file);
    for (const key of held === 'unknown' ? [named] : held) {
      if (key === undefined || copies.safe.has(key)) continue;
      keys.add(key);
      lonely.add(file);
    }
  }
  if (lonely.size === 0) return [];
  // Their passwords, and lists that may name those.
  const beside = (file: string) => {
    const named = keyNamed(file);
    return named === undefined || keys.has(named);
  };
  // Keystores last: after a kill they tell again what else is to be kept.
  return [...files.filter((file) => !lonely.has(file) && beside(file)), ...lonely];
}

/** The key that a file, or the folder that it is in, is named after. */
function keyNamed(file: string): PublicKey | undefined {
  const names = file.split('/').map((name) => readPublicKey(name.replace(/\.[a-z]+$/, '')));
  return names.find((key) => key !== undefined);
}

/** The keys whose secrets are in a file, if it is a keystore or a wallet at all. */
export async function keysHeld(
  file: string,
  copies: Pick<CopiesToTake, 'walletPassword'>,
): Promise<readonly (PublicKey | undefined)[] | 'unknown'> {
  const text = await readFile(file, 'utf8');
  if (isPrysmWallet(text)) return keysInWallet(file, text, copies);
  try {
    const { crypto, pubkey } = JSON.parse(text) as { crypto?: unknown; pubkey?: unknown };
    if (crypto === undefined) return [];
    return (typeof pubkey === 'string' ? readPublicKey(pubkey) : undefined) === undefined
      ? 'unknown'
      : [readPublicKey(String(pubkey))];
  } catch {
    return [];
  }
}

async function keysInWallet(
  file: string,
  text: string,
  { walletPassword }: Pick<CopiesToTake, 'walletPassword'>,
): Promise<readonly PublicKey[] | 'unknown'> {
  if (walletPassword === undefined) return 'unknown';
  try {
    const sealed = parseSealedText(file, text);
    const accounts = prysmAccounts(openWith(file, sealed, await deriveKey(walletPassword, sealed)).reveal());
    return accounts?.publicKeys.map((key) => publicKeyOf(Buffer.from(key, 'base64'))) ?? 'unknown';
  } catch (thrown) {
    if (isEphemeryError(thrown)) return 'unknown';
    throw thrown;
  }
}

/** The password of a wallet does not lie beside it, as that of a keystore does. */
async function putPassword({ aside, walletPassword }: CopiesToTake): Promise<void> {
  if (walletPassword === undefined) return;
  await ensureFolder(aside);
  await writeFileAtomic(join(aside, walletPasswordName), `${walletPassword.reveal()}\n`, { mode: 0o600 });
}

/** Under their names; one that is there already with another content is not written over. */
async function putAside(data: string, files: readonly string[], aside: string): Promise<void> {
  const folders = new Set<string>();
  for (const file of files) {
    const to = await freePlace(join(aside, file), await readFile(join(data, file)));
    folders.add(await ensureFolder(dirname(to)));
    await rename(join(data, file), to);
  }
  for (const folder of [...folders, aside, dirname(aside)]) await syncFolder(folder);
}

async function freePlace(path: string, content: Buffer): Promise<string> {
  for (let at = 0; ; at += 1) {
    const place = at === 0 ? path : join(dirname(path), `before-${at}`, path.slice(dirname(path).length + 1));
    const there = await readFile(place).catch(ifAbsent(undefined));
    if (there === undefined || there.equals(content)) return place;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(ifAbsent([]));
}

function ifAbsent<T>(instead: T) {
  return (cause: NodeJS.ErrnoException): T => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return instead;
    throw cause;
  };
}
