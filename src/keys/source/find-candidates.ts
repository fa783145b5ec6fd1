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

/** What was a keystore once. */
export interface BrokenFile {
  readonly path: string;
  /** In words. */
  readonly problem: string;
}

export interface Found {
  readonly candidates: readonly Candidate[];
  readonly broken: readonly BrokenFile[];
  readonly deposits: readonly DepositFile[];
  readonly foreign: readonly ForeignFile[];
}

const mostPasswordBytes = 4_096;

/** Sorts the files of a source: what is a keystore, which passwords lie beside it, and what is something else. */
export async function findCandidates(files: readonly SourceFile[]): Promise<Found> {
  const texts = files.map(({ path, content }) => ({ path, text: textOf(content) }));
  const definitions = await readDefinitions(texts.filter(({ path }) => /\.ya?ml$/i.test(path)));
  const { read, others } = readAll(texts);
  const passwords = passwordsIn(others);
  const candidates: Candidate[] = definitions.flatMap(({ path, secretKey }) =>
    secretKey === undefined ? [] : [{ kind: 'raw' as const, path, secretKey }],
  );
  const foreign: ForeignFile[] = [];
  const deposits: DepositFile[] = [];
  const broken: BrokenFile[] = [];
  for (const { file, as } of read) {
    if (as === 'deposits') deposits.push(file);
    else if ('what' in as) foreign.push({ path: file.path, what: as.what });
    else if ('problem' in as) broken.push({ path: file.path, problem: as.problem });
    else
      candidates.push({
        kind: as.kind,
        ...file,
        passwords: passwordsFor(file.path, as.pubkey, { passwords, definitions }),
      });
  }
  return { candidates, broken, deposits, foreign };
}

interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** Editors of Windows begin a file with a mark of its encoding. */
function textOf(content: Uint8Array): string {
  const bytes = Buffer.from(content);
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isUtf16 ? 'utf16le' : 'utf8').replace(/^\ufeff/, '');
}

/** What `.json` is, and what is a keystore under any other name; the others may be passwords. */
function readAll(texts: readonly TextFile[]) {
  const read: { readonly file: TextFile; readonly as: Read }[] = [];
  const others: TextFile[] = [];
  for (const file of texts) {
    const as = readJson(file);
    const isNamedSo = /\.json$/i.test(file.path);
    const isKeystore = as !== 'deposits' && ('kind' in as || 'problem' in as);
    if (isNamedSo || (isKeystore && !/\.ya?ml$/i.test(file.path))) read.push({ file, as });
    else others.push(file);
  }
  return { read, others };
}

type Read =
  | 'deposits'
  | { readonly kind: 'keystore' | 'wallet'; readonly pubkey: string | undefined }
  | { readonly problem: string }
  | { readonly what: string };

function readJson({ path, text }: TextFile): Read {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return wasKeystore(path, text)
      ? { problem: text === '' ? 'it is empty' : 'it is no JSON: cut short, or damaged' }
      : { what: text === '' ? 'empty' : 'not JSON' };
  }
  if (Array.isArray(json)) return isDeposit(json[0]) ? 'deposits' : { what: 'a list' };
  const { version, crypto, pubkey, data, metadata } = (json ?? {}) as Record<string, unknown>;
  if (metadata !== undefined && data !== undefined) return { what: 'slashing protection (EIP-3076)' };
  if (typeof crypto !== 'object' || crypto === null) return { what: 'no keystore' };
  if (version === 3) return { what: 'a keystore of an execution account' };
  if (isPrysmWallet(text)) return { kind: 'wallet', pubkey: undefined };
  return { kind: 'keystore', pubkey: typeof pubkey === 'string' ? readPublicKey(pubkey) : undefined };
}

/** By its name, as every tool calls them, or by what is left of it. */
function wasKeystore(path: string, text: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const isNamedSo = /^(?:.*[-_.])?keystore[^/]*\.json$/i.test(name);
  return isNamedSo || (/^\s*\{/.test(text) && /"(?:crypto|ciphertext|kdf)"/.test(text));
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

function passwordsIn(texts: readonly TextFile[]): readonly PasswordFile[] {
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
