import { resolve } from 'node:path';
import { ArchiveRefusal } from '../../base/archive/archive-refusal.ts';
import { messageOf } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { keystoreText, usualPbkdf2 } from '../../core/keys/keystore.ts';
import { parseKeystore } from '../../core/keys/parse-keystore.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { Candidate, ForeignFile, Found } from '../../keys/source/find-candidates.ts';
import type { PassedOver, SourceFile } from '../../keys/source/source-files.ts';
import type { NewKey } from '../../keys/store/key-set-store.ts';
import type { Proof, SealJob } from '../../keys/workers/job.ts';
import { type BackupChoice, type BackupServices, backUpBefore } from '../backup/backup-before.ts';
import type { NetworkServices } from '../network/known-network.ts';
import { defined } from '../node/defined.ts';
import { keyUseErrors } from './errors.ts';
import { checkedSetName, type KeyServices, keySetStore, withKeyLockAfterBackup } from './key-sets.ts';
import { freshPassword, saltAndIv, uuid } from './keystore-randomness.ts';
import { type KeyWatch, waiting } from './open-keys.ts';
import { readPasswordFolder } from './password-folder.ts';
import type { RecordedDeposits } from './record-deposits.ts';

export interface ImportKeysWish {
  /** A folder, an archive or one keystore. */
  readonly from: string;
  readonly keySet: string;
  /** Tried on every keystore, after what lies beside it. */
  readonly password?: Secret | undefined;
  /** A folder with a password a key: files named after keys or keystores. */
  readonly passwordFolder?: string | undefined;
  /** Of the archive. */
  readonly archivePassword?: Secret | undefined;
  /** Prove everything, keep nothing. */
  readonly dryRun: boolean;
  readonly backup: BackupChoice;
}

export interface ImportKeysReport {
  readonly from: string;
  readonly keySet: string;
  readonly dryRun: boolean;
  readonly new: readonly { readonly pubkey: PublicKey; readonly path: string }[];
  readonly known: readonly { readonly pubkey: PublicKey; readonly keySet: string }[];
  readonly broken: readonly { readonly path: string; readonly problem: string }[];
  readonly foreign: readonly ForeignFile[];
  /** Files that were not looked into, each with the reason. */
  readonly passedOver?: readonly PassedOver[];
  /** What to do about keystores that no password opened. */
  readonly remedy?: string;
  /** Deposit data that lay beside the keystores. */
  readonly deposits?: readonly RecordedDeposits[];
  /** The backup that was made before. */
  readonly backup?: string;
}

/**
 * Takes keys over from another tool: each keystore is opened, and held against its public key, before any is kept. What
 * cannot be opened is told and left out. Throws EPH-KEYS-SOURCE, EPH-KEYS-NO-KEYSTORE, EPH-KEYS-PASSWORD-FOLDER, EPH-KEYS-SET-NAME, EPH-ROOT-LOCKED, EPH-BACKUP-BEFORE, the
 * signal's reason.
 */
export async function importKeys(
  services: BackupServices & NetworkServices,
  wish: ImportKeysWish,
  watch: KeyWatch,
): Promise<ImportKeysReport> {
  const from = resolve(services.host.workingDirectory, wish.from);
  const keySet = checkedSetName(wish.keySet);
  const found = await readFound(services, { from, wish }, watch);
  const act = async () => {
    const proofs = await prove(found.candidates, wish, watch);
    const store = keySetStore(services.paths);
    const sorted = sort(proofs, await store.holders());
    let backup: string | undefined;
    if (!wish.dryRun && sorted.fresh.length > 0) {
      const keys = await asNewKeys(services, sorted.fresh, watch);
      backup = await backUpBefore(services, { ...wish.backup, purpose: 'keys import' }, watch);
      watch.signal.throwIfAborted();
      await store.add(keySet, keys);
    } else if (!wish.dryRun) await store.mend(keySet);
    const deposits = wish.dryRun ? [] : await depositsOf(services, { from, wish, found, sorted }, watch);
    return {
      from,
      keySet,
      dryRun: wish.dryRun,
      new: sorted.fresh.map(({ pubkey, candidate }) => ({ pubkey, path: candidate.path })),
      known: sorted.known,
      broken: [...found.broken, ...sorted.broken],
      foreign: found.foreign,
      ...(found.passedOver.length === 0 ? {} : { passedOver: found.passedOver }),
      ...defined({ remedy: passwordRemedy(proofs) }),
      ...(deposits.length === 0 ? {} : { deposits }),
      ...(backup === undefined ? {} : { backup }),
    };
  };
  return withKeyLockAfterBackup(services, 'keys import', { act, ...waiting(watch) });
}

interface Sorted {
  readonly fresh: readonly FreshKey[];
  readonly known: readonly { readonly pubkey: PublicKey; readonly keySet: string }[];
}

async function depositsOf(
  services: BackupServices & NetworkServices,
  { from, wish, found, sorted }: { from: string; wish: ImportKeysWish; found: Found; sorted: Sorted },
  watch: KeyWatch,
): Promise<readonly RecordedDeposits[]> {
  if (found.deposits.length === 0) return [];
  const { recordDeposits } = await import('./record-deposits.ts');
  const places = new Map([
    ...sorted.fresh.map(({ pubkey }) => [pubkey, wish.keySet] as const),
    ...sorted.known.map(({ pubkey, keySet }) => [pubkey, keySet] as const),
  ]);
  const { config } = wish.backup;
  return recordDeposits(services, { from, files: found.deposits, places, config }, watch);
}

type Sifted = Found & { readonly passedOver: readonly PassedOver[] };

async function readFound(
  { host }: KeyServices,
  { from, wish }: { readonly from: string; readonly wish: ImportKeysWish },
  { signal, onProgress }: KeyWatch,
): Promise<Sifted> {
  const [{ readSource }, { findCandidates }] = await Promise.all([
    import('../../keys/source/read-source.ts'),
    import('../../keys/source/find-candidates.ts'),
  ]);
  onProgress(`Reading ${from}`);
  const more = await passwordFiles(host.workingDirectory, wish.passwordFolder);
  let found: Sifted;
  let files: readonly SourceFile[] = [];
  try {
    const source = await readSource(from, { signal, password: wish.archivePassword });
    const { passedOver } = source;
    files = source.files;
    found = { ...(await findCandidates([...files, ...more])), passedOver };
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    const isKnown = cause instanceof ArchiveRefusal || (cause as NodeJS.ErrnoException).syscall !== undefined;
    if (!isKnown) throw cause;
    throw keyUseErrors.create('EPH-KEYS-SOURCE', { source: from, problem: messageOf(cause) }, cause);
  }
  const isEmpty = [found.candidates, found.broken, found.deposits].every(({ length }) => length === 0);
  if (isEmpty)
    throw keyUseErrors.create('EPH-KEYS-NO-KEYSTORE', { source: from, seen: seenIn(found, files) });
  return found;
}

const mostSeen = 5;

/** What there was instead of a keystore. */
function seenIn({ foreign, passedOver }: Sifted, files: readonly SourceFile[]): readonly string[] {
  const named = new Set(foreign.map(({ path }) => path));
  const all = [
    ...foreign.map(({ path, what }) => `${path} (${what})`),
    ...passedOver.map(({ path, why }) => `${path} (${why})`),
    ...files.flatMap(({ path }) =>
      named.has(path) ? [] : [`${path} (a password or a definition, perhaps)`],
    ),
  ];
  return all.length <= mostSeen ? all : [...all.slice(0, mostSeen), `${all.length - mostSeen} more`];
}

async function passwordFiles(workingDirectory: string, given: string | undefined) {
  if (given === undefined) return [];
  const folder = resolve(workingDirectory, given);
  try {
    return await readPasswordFolder(folder);
  } catch (cause) {
    throw keyUseErrors.create('EPH-KEYS-PASSWORD-FOLDER', { folder, problem: messageOf(cause) }, cause);
  }
}

interface Proven {
  readonly candidate: Candidate;
  readonly proof: Proof;
}

async function prove(
  candidates: readonly Candidate[],
  { password }: ImportKeysWish,
  { signal, onProgress }: KeyWatch,
): Promise<readonly Proven[]> {
  const [{ doJobs }, { publicKeyFor }] = await Promise.all([
    import('../../keys/workers/key-workers.ts'),
    import('../../keys/bls.ts'),
  ]);
  const sealed = candidates.flatMap((candidate) => (candidate.kind === 'raw' ? [] : [candidate]));
  const given = password === undefined ? [] : [password.reveal()];
  const jobs = sealed.map(({ path, text, passwords }) => ({
    kind: 'prove' as const,
    file: path,
    keystore: text,
    passwords: [...new Set([...passwords, ...given])],
  }));
  const onDone = (done: number) => onProgress(`Opening keystores: ${done} of ${jobs.length}`);
  const proofs = await doJobs(jobs, { signal, onDone });
  const opened = sealed.map((candidate, at): Proven => {
    return { candidate, proof: proofs[at] ?? { outcome: 'broken', problem: 'it was not opened' } };
  });
  const raw = candidates.flatMap((candidate) => (candidate.kind === 'raw' ? [candidate] : []));
  return [
    ...opened,
    ...raw.map((candidate) => ({ candidate, proof: rawProof(candidate.secretKey, publicKeyFor) })),
  ];
}

/** Undefined when every keystore was opened, or was broken otherwise. */
function passwordRemedy(proofs: readonly Proven[]): string | undefined {
  const locked = proofs.filter(({ proof }) => proof.outcome === 'wrong-password');
  if (locked.length === 0) return undefined;
  const give =
    'Give the password of the keystores with --password-file, or with --passwords a folder with a password a file, named after keys or keystores.';
  const isInFolderOfItsKey = ({ candidate: { path } }: Proven) => /(?:^|\/)0x[0-9a-f]{96}\//i.test(path);
  return locked.some(isInFolderOfItsKey)
    ? `${give} Lighthouse, Nimbus and Lodestar keep passwords in secrets/, beside the folder of the keystores: name the folder that has both, or give --passwords …/secrets.`
    : give;
}

function rawProof(
  secretKey: Uint8Array,
  publicKeyFor: (secretKey: Uint8Array) => PublicKey | undefined,
): Proof {
  const pubkey = publicKeyFor(secretKey);
  if (pubkey === undefined) return { outcome: 'broken', problem: 'what it holds is no secret key' };
  return { outcome: 'proven', password: '', keys: [{ pubkey, secretKey }] };
}

interface FreshKey {
  readonly pubkey: PublicKey;
  readonly secretKey: Uint8Array;
  readonly password: string;
  readonly candidate: Candidate;
}

/** What becomes of each: a key is taken once, however often its keystore lies in the source. */
function sort(proofs: readonly Proven[], owners: ReadonlyMap<PublicKey, string>) {
  const fresh = new Map<PublicKey, FreshKey>();
  const known = new Map<PublicKey, string>();
  const broken: { path: string; problem: string }[] = [];
  for (const { candidate, proof } of proofs) {
    const { path } = candidate;
    if (proof.outcome === 'broken') broken.push({ path, problem: proof.problem });
    else if (proof.outcome === 'wrong-password')
      broken.push({ path, problem: 'no password that is known opens it' });
    else {
      for (const { pubkey, secretKey } of proof.keys) {
        const owner = owners.get(pubkey);
        if (owner === undefined)
          fresh.set(pubkey, { pubkey, secretKey, password: proof.password, candidate });
        else known.set(pubkey, owner);
      }
    }
  }
  return {
    fresh: [...fresh.values()],
    known: [...known].map(([pubkey, keySet]) => ({ pubkey, keySet })),
    broken,
  };
}

/** A keystore is kept as it is, its public key written into it; keys of a wallet or in the clear get a keystore of ours. */
async function asNewKeys(
  { random }: KeyServices,
  fresh: readonly FreshKey[],
  { signal, onProgress }: KeyWatch,
): Promise<readonly NewKey[]> {
  const kept = fresh.flatMap(({ pubkey, password, candidate }): NewKey[] => {
    if (candidate.kind !== 'keystore') return [];
    const keystore = keystoreText({ ...parseKeystore(candidate.path, candidate.text), pubkey });
    return [{ pubkey, keystore, password: new Secret(password) }];
  });
  const drafts = fresh
    .filter(({ candidate }) => candidate.kind !== 'keystore')
    .map(
      ({ pubkey, secretKey }): SealJob => ({
        kind: 'seal',
        pubkey,
        secretKey,
        path: '',
        password: freshPassword(random).reveal(),
        derivation: usualPbkdf2,
        ...saltAndIv(random),
        uuid: uuid(random),
      }),
    );
  const { doJobs } = await import('../../keys/workers/key-workers.ts');
  const onDone = (done: number) => onProgress(`Encrypting keystores: ${done} of ${drafts.length}`);
  const texts = await doJobs(drafts, { signal, onDone });
  const sealed = drafts.map(({ pubkey, password }, at): NewKey => {
    return { pubkey, keystore: texts[at] ?? '', password: new Secret(password) };
  });
  return [...kept, ...sealed];
}
