import { isPrysmWallet } from '../../core/keys/prysm-wallet.ts';
import { readPublicKey } from '../../core/keys/public-key.ts';
import { type Definition, readDefinitions } from './definitions.ts';
import type { SourceFile } from './source-files.ts';

/** Something that may become a key. */
export type Candidate =
  | {
      readonly kind: 'keystore' | 'wallet';
      readonly path: string;
      readonly text: string;
      /** Found beside it, the likeliest first. */
      readonly passwords: readonly string[];
    }
  /** A secret key in the clear, as web3signer can have it. */
  | { readonly kind: 'raw'; readonly path: string; readonly secretKey: Uint8Array };

/** Something else that is about keys. */
export interface ForeignFile {
  readonly path: string;
  /** In words. */
  readonly what: string;
}

/** `deposit_data-*.json`, as deposit tools write it beside their keystores. */
export interface DepositFile {
  readonly path: string;
  readonly text: string;
}

export interface Found {
  readonly candidates: readonly Candidate[];
  readonly deposits: readonly DepositFile[];
  readonly foreign: readonly ForeignFile[];
}

const mostPasswordBytes = 4_096;

/** Sorts the files of a source: what is a keystore, which passwords lie beside it, and what is something else. */
export async function findCandidates(files: readonly SourceFile[]): Promise<Found> {
  const texts = files.map(({ path, content }) => ({ path, text: Buffer.from(content).toString('utf8') }));
  const definitions = await readDefinitions(texts.filter(({ path }) => /\.ya?ml$/i.test(path)));
  const passwords = passwordsIn(texts);
  const candidates: Candidate[] = definitions.flatMap(({ path, secretKey }) =>
    secretKey === undefined ? [] : [{ kind: 'raw' as const, path, secretKey }],
  );
  const foreign: ForeignFile[] = [];
  const deposits: DepositFile[] = [];
  for (const file of texts.filter(({ path }) => /\.json$/i.test(path))) {
    const read = readJson(file.text);
    if (read === 'deposits') deposits.push(file);
    else if ('what' in read) foreign.push({ path: file.path, what: read.what });
    else
      candidates.push({
        kind: read.kind,
        ...file,
        passwords: passwordsFor(file.path, read.pubkey, { passwords, definitions }),
      });
  }
  return { candidates, deposits, foreign };
}

type Read =
  | 'deposits'
  | { readonly kind: 'keystore' | 'wallet'; readonly pubkey: string | undefined }
  | { readonly what: string };

function readJson(text: string): Read {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { what: 'not JSON' };
  }
  if (Array.isArray(json)) return isDeposit(json[0]) ? 'deposits' : { what: 'a list' };
  const { version, crypto, pubkey, data, metadata } = (json ?? {}) as Record<string, unknown>;
  if (metadata !== undefined && data !== undefined) return { what: 'slashing protection (EIP-3076)' };
  if (typeof crypto !== 'object' || crypto === null) return { what: 'no keystore' };
  if (version === 3) return { what: 'a keystore of an execution account' };
  if (isPrysmWallet(text)) return { kind: 'wallet', pubkey: undefined };
  return { kind: 'keystore', pubkey: typeof pubkey === 'string' ? readPublicKey(pubkey) : undefined };
}

function isDeposit(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'deposit_data_root' in entry;
}

interface PasswordFile {
  readonly folder: string;
  /** Without its ending. */
  readonly name: string;
  readonly path: string;
  readonly password: string;
}

function passwordsIn(
  texts: readonly { readonly path: string; readonly text: string }[],
): readonly PasswordFile[] {
  return texts
    .filter(({ path, text }) => !/\.(?:json|ya?ml)$/i.test(path) && text.length <= mostPasswordBytes)
    .map(({ path, text }) => {
      const slash = path.lastIndexOf('/');
      const name = path.slice(slash + 1).replace(/\.(?:txt|pass|password)$/i, '');
      return { folder: path.slice(0, Math.max(0, slash)), name, path, password: text.replace(/\r?\n$/, '') };
    })
    .filter(({ password }) => password !== '');
}

interface Around {
  readonly passwords: readonly PasswordFile[];
  readonly definitions: readonly Definition[];
}

const sharedNames = new Set([
  'password',
  'passwords',
  'pass',
  'wallet-password',
  'account-password',
  'keystore_password',
]);

/**
 * By how much a file means this very keystore: named in its definition; after its key (Lighthouse, Nimbus, Lodestar);
 * after its file (Teku, deposit tools); for all of the folder (Prysm).
 */
function passwordsFor(
  path: string,
  pubkey: string | undefined,
  { passwords, definitions }: Around,
): readonly string[] {
  const slash = path.lastIndexOf('/');
  const folder = path.slice(0, Math.max(0, slash));
  const name = path.slice(slash + 1).replace(/\.json$/i, '');
  const defined = definitions.filter(({ keystore }) => keystore !== undefined && endsAlike(path, keystore));
  const inline = defined.flatMap(({ password }) => password ?? []);
  const named = passwords.filter((each) =>
    defined.some(({ passwordFile }) => passwordFile !== undefined && endsAlike(each.path, passwordFile)),
  );
  const key = pubkey ?? readPublicKey(folder.slice(folder.lastIndexOf('/') + 1));
  const byKey = passwords.filter((each) => key !== undefined && readPublicKey(each.name) === key);
  const byName = passwords.filter((each) => each.name === name);
  const shared = passwords.filter(
    (each) => sharedNames.has(each.name.toLowerCase()) && isAround(folder, each.folder),
  );
  return [
    ...new Set([...inline, ...[...named, ...byKey, ...byName, ...shared].map(({ password }) => password)]),
  ].slice(0, 8);
}

/** Definitions name files as they were on their host: the ends must agree. */
function endsAlike(path: string, named: string): boolean {
  const [last, above] = named.split('/').reverse();
  const [ownLast, ownAbove] = path.split('/').reverse();
  return (
    last === ownLast &&
    (above === undefined ||
      above === '.' ||
      ownAbove === undefined ||
      above === ownAbove ||
      !/^0x/.test(above))
  );
}

function isAround(folder: string, other: string): boolean {
  return folder === other || folder.startsWith(`${other}/`) || other === '';
}
