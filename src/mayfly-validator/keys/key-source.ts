import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { mayflyValidatorErrors } from '../errors.ts';
import { openSigningKey, type SigningKey } from './signing-key.ts';

/** Keystores and their passwords, in two folders. */
export interface KeySource {
  /** `<name>.json` each, whatever the names are. */
  readonly keystores: string;
  /** The password of `<name>.json` is in `<name>`, `<name>.txt` or `<0xpub>`. */
  readonly secrets: string;
  /** Who gets the fees of these keys' blocks, unless a key has a recipient of its own. */
  readonly feeRecipient?: string;
}

/** The two folders of a key set's folder. */
export function keySetSource(folder: string): KeySource {
  return { keystores: join(folder, 'keystores'), secrets: join(folder, 'secrets') };
}

/**
 * Opens all keys of a source; as many key derivations run at once as the process has threads for them. The first
 * failure is thrown: a client that silently leaves keys out is worse than none.
 * @throws EPH-MAYFLY-VALIDATOR-KEY-FILE, EPH-KEYS-*
 */
export async function openKeys(source: KeySource): Promise<readonly SigningKey[]> {
  const names = await readdir(source.keystores).catch((cause: unknown) => {
    throw unusable(source.keystores, messageOf(cause));
  });
  const keystores = names.filter((name) => name.endsWith('.json'));
  return Promise.all(keystores.map((name) => openKey(source, name)));
}

async function openKey({ keystores, secrets }: KeySource, name: string): Promise<SigningKey> {
  const file = join(keystores, name);
  const text = await readText(file);
  if (text === undefined) throw unusable(file, 'it went away');
  const base = name.slice(0, -'.json'.length);
  for (const secret of [base, `${base}.txt`, pubkeyIn(text)]) {
    const password = await readText(join(secrets, secret));
    // A password file made by hand ends with a line break.
    if (password !== undefined) return openSigningKey(file, text, new Secret(password.replace(/\r?\n$/, '')));
  }
  throw unusable(file, `its password is not in ${secrets}`);
}

/** The public key as the keystore writes it, for a file's name only: what it is worth is proven when it is open. */
function pubkeyIn(text: string): string {
  const digits = /"pubkey"\s*:\s*"(?:0x)?([0-9a-fA-F]{96})"/.exec(text)?.[1];
  return `0x${digits?.toLowerCase() ?? ''}`;
}

/** Undefined when there is none. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw unusable(path, messageOf(cause));
  }
}

function unusable(path: string, reason: string): Error {
  return mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-KEY-FILE', { path, reason });
}
