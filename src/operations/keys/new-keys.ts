import { writeFileAtomic } from '../../base/atomic-files.ts';
import { Secret } from '../../base/secret.ts';
import { overCounted } from '../../core/keys/compounding.ts';
import { pathText, signingPath } from '../../core/keys/key-path.ts';
import { type KeyDerivation, usualPbkdf2, usualScrypt } from '../../core/keys/keystore.ts';
import { type Mnemonic, mnemonicSeed } from '../../core/keys/mnemonic.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { NewKey } from '../../keys/store/key-set-store.ts';
import type { DerivedValidator } from '../../keys/workers/job.ts';
import { type BackupChoice, type BackupServices, backUpBefore } from '../backup/backup-before.ts';
import { defined } from '../node/defined.ts';
import { depositEntries } from './deposit-entries.ts';
import { type DatedDeposit, keepDeposits } from './keep-deposits.ts';
import { checkIndices } from './key-indices.ts';
import { checkedSetName, type KeyServices, keySetStore, withKeyLockAfterBackup } from './key-sets.ts';
import { freshPassword, saltAndIv, uuid } from './keystore-randomness.ts';
import { type KeyWatch, waiting } from './open-keys.ts';
import { isThere, writablePath } from './output-files.ts';
import { WordsFile } from './words-file.ts';
import { writeKeyFolder } from './write-key-folder.ts';

interface SetWish {
  readonly keySet: string;
  readonly depositFile?: string | undefined;
}

export interface NewKeysWish {
  readonly mnemonic: Mnemonic;
  /** A new file for its words; they are in it before any key is kept. */
  readonly saveMnemonic?: string | undefined;
  /** Of the mnemonic; empty for none. */
  readonly passphrase: Secret;
  /** For every keystore; one of its own each when absent. */
  readonly password?: Secret | undefined;
  /** Of the first key, EIP-2334. */
  readonly startIndex: number;
  readonly count: number;
  readonly derivation: KeyDerivation['function'];
  /** A key set of this installation, with the file for deposit data if there is to be any; or a folder to make. */
  readonly into: SetWish | { readonly folder: string };
  readonly deposit?: DatedDeposit | undefined;
  readonly backup: BackupChoice;
}

export interface NewKeysReport {
  readonly keySet?: string;
  readonly folder?: string;
  readonly keys: readonly { readonly index: number; readonly path: string; readonly pubkey: PublicKey }[];
  /** Derived, and in a key set already: left as they are. */
  readonly known: readonly { readonly pubkey: PublicKey; readonly keySet: string }[];
  /** The backup that was made before. */
  readonly backup?: string;
  readonly depositFile?: string;
  /** When some of a deposit will not count. */
  readonly warning?: string;
  /** Where the words of the new mnemonic are. */
  readonly mnemonicFile?: string;
}

/**
 * Derives keys and keeps them, all or none. Throws EPH-KEYS-SET-NAME, EPH-KEYS-OUTPUT-EXISTS, EPH-KEYS-OUTPUT-UNWRITABLE,
 * EPH-KEYS-INDEX, EPH-ROOT-LOCKED, EPH-BACKUP-BEFORE and the signal's reason.
 */
export async function newKeys(
  services: BackupServices,
  wish: NewKeysWish,
  watch: KeyWatch,
): Promise<NewKeysReport> {
  const { into } = wish;
  checkIndices(wish.startIndex, wish.count);
  const wordsFile = await WordsFile.at(services.host, wish.saveMnemonic);
  const report =
    'folder' in into
      ? await intoFolder(services, { wish, wordsFile, given: into.folder }, watch)
      : await intoSet(services, { wish, wordsFile, into }, watch);
  const warning = wish.deposit && overCounted(wish.deposit.credentials, wish.deposit.amountGwei);
  return { ...report, ...defined({ warning, mnemonicFile: wordsFile.path }) };
}

interface Making {
  readonly wish: NewKeysWish;
  readonly wordsFile: WordsFile;
}

async function intoFolder(
  services: BackupServices,
  { wish, wordsFile, given }: Making & { readonly given: string },
  watch: KeyWatch,
): Promise<NewKeysReport> {
  const folder = await writablePath(services.host, given);
  const derived = await derive(wish, watch);
  const content = {
    folder,
    keys: await seal(services, { wish, derived }, watch),
    paths: derived.map(({ index }) => pathText(signingPath(index))),
    sharesPassword: wish.password !== undefined,
    deposits: await depositsOf(wish, derived, watch),
  };
  watch.signal.throwIfAborted();
  const depositFile = await wordsFile.before(wish.mnemonic, {
    keep: () => writeKeyFolder(services, content),
    isKept: () => isThere(folder),
  });
  return { folder, ...reportOf(derived), known: [], ...(depositFile === undefined ? {} : { depositFile }) };
}

async function intoSet(
  services: BackupServices,
  { wish, wordsFile, into }: Making & { readonly into: SetWish },
  watch: KeyWatch,
): Promise<NewKeysReport> {
  const keySet = checkedSetName(into.keySet);
  const depositFile =
    into.depositFile === undefined ? undefined : await writablePath(services.host, into.depositFile);
  const act = async () => {
    const store = keySetStore(services.paths);
    const owners = await store.holders();
    const derived = await derive(wish, watch);
    const fresh = derived.filter(({ pubkey }) => !owners.has(pubkey));
    const keys = await seal(services, { wish, derived: fresh }, watch);
    const backup =
      fresh.length === 0
        ? undefined
        : await backUpBefore(services, { ...wish.backup, purpose: 'keys new' }, watch);
    const deposits = depositFile === undefined ? undefined : await depositsOf(wish, derived, watch);
    watch.signal.throwIfAborted();
    await wordsFile.before(wish.mnemonic, {
      keep: () => store.add(keySet, keys),
      isKept: async () => {
        const kept = await store.owners();
        return derived.some(({ pubkey }) => kept.has(pubkey));
      },
    });
    if (depositFile !== undefined) {
      const places = derived.map(({ pubkey: key }) => ({ keySet: owners.get(key) ?? keySet, key }));
      if (wish.deposit !== undefined)
        await keepDeposits(services, places, { file: depositFile, deposit: wish.deposit });
      await writeFileAtomic(depositFile, JSON.stringify(deposits), { mode: 0o644 });
    }
    const known = derived.flatMap(({ pubkey }) => {
      const owner = owners.get(pubkey);
      return owner === undefined ? [] : [{ pubkey, keySet: owner }];
    });
    return {
      keySet,
      ...reportOf(fresh),
      known,
      ...(backup === undefined ? {} : { backup }),
      ...(depositFile === undefined ? {} : { depositFile }),
    };
  };
  return withKeyLockAfterBackup(services, 'keys new', { act, ...waiting(watch) });
}

const chunk = 8;

async function derive(
  wish: NewKeysWish,
  { signal, onProgress }: KeyWatch,
): Promise<readonly DerivedValidator[]> {
  const { doJobs } = await import('../../keys/workers/key-workers.ts');
  const seed = (await mnemonicSeed(wish.mnemonic, wish.passphrase)).reveal();
  const indices = Array.from({ length: wish.count }, (_, at) => wish.startIndex + at);
  const jobs = Array.from({ length: Math.ceil(indices.length / chunk) }, (_, at) => ({
    kind: 'derive' as const,
    seed,
    indices: indices.slice(at * chunk, (at + 1) * chunk),
  }));
  const onDone = (done: number) =>
    onProgress(`Deriving keys: ${Math.min(done * chunk, wish.count)} of ${wish.count}`);
  return (await doJobs(jobs, { signal, onDone })).flat();
}

async function seal(
  { random }: KeyServices,
  { wish, derived }: { readonly wish: NewKeysWish; readonly derived: readonly DerivedValidator[] },
  { signal, onProgress }: KeyWatch,
): Promise<readonly NewKey[]> {
  const { doJobs } = await import('../../keys/workers/key-workers.ts');
  const derivation = wish.derivation === 'scrypt' ? usualScrypt : usualPbkdf2;
  const drafts = derived.map(({ index, pubkey, secretKey }) => ({
    kind: 'seal' as const,
    pubkey,
    secretKey,
    path: pathText(signingPath(index)),
    password: (wish.password ?? freshPassword(random)).reveal(),
    derivation,
    ...saltAndIv(random),
    uuid: uuid(random),
  }));
  const texts = await doJobs(drafts, {
    signal,
    onDone: (done) => onProgress(`Encrypting keystores: ${done} of ${drafts.length}`),
  });
  return drafts.map(({ pubkey, password }, at) => ({
    pubkey,
    password: new Secret(password),
    keystore: texts[at] ?? '',
  }));
}

async function depositsOf({ deposit }: NewKeysWish, derived: readonly DerivedValidator[], watch: KeyWatch) {
  return deposit === undefined ? undefined : depositEntries(deposit, derived, watch);
}

function reportOf(derived: readonly DerivedValidator[]): Pick<NewKeysReport, 'keys'> {
  return {
    keys: derived.map(({ index, pubkey }) => ({ index, path: pathText(signingPath(index)), pubkey })),
  };
}
