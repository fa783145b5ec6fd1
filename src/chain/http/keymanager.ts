import { z } from 'zod';
import { isEphemeryError } from '../../base/errors.ts';
import { type PublicKey, readPublicKey } from '../../core/keys/public-key.ts';
import type {
  DeletedKeystores,
  DeleteStatus,
  ImportStatus,
  Keymanager,
  KeyOutcome,
  KeySettingName,
  KeySettings,
  KeystoreToImport,
  ListedKey,
  SignedExit,
} from '../keymanager.ts';
import { keymanagerErrors } from './keymanager-errors.ts';
import { askKeymanager, type KeymanagerEnd, quotable, tellKeymanager } from './keymanager-request.ts';

/** Clients derive each key before they answer, a second or so for each with scrypt. */
const importBatch = 20;
/** Vero writes each to the disk before it answers, and does nothing else meanwhile. */
const remoteBatch = 100;
const importTimeoutMs = 180_000;
const deleteTimeoutMs = 120_000;
const timeoutMs = 10_000;
const mostKeys = 100_000;

const publicKey = z.string().transform((text, context): PublicKey => {
  const key = readPublicKey(text);
  if (key !== undefined) return key;
  context.addIssue({ code: 'custom', message: 'is no public key' });
  return z.NEVER;
});
// Web3Signer and older clients leave these out or send null.
const flag = z.boolean().nullish();
const listed = z.object({
  data: z.array(z.object({ validating_pubkey: publicKey, readonly: flag })).max(mostKeys),
});
const listedRemote = z.object({
  data: z.array(z.object({ pubkey: publicKey, url: z.string().nullish(), readonly: flag })).max(mostKeys),
});
const outcomes = z.object({
  data: z.array(z.object({ status: z.string(), message: z.string().nullish() })).max(mostKeys),
});
// The standard says a string; the object itself was sent too.
const protection = z.union([
  z.string(),
  z.record(z.string(), z.unknown()).transform((o) => JSON.stringify(o)),
]);
const deleted = outcomes.extend({ slashing_protection: protection });
const exit = z.object({
  data: z.object({
    message: z.object({
      epoch: z.string().regex(/^\d{1,20}$/),
      validator_index: z.string().regex(/^\d{1,20}$/),
    }),
    signature: z.string().regex(/^0x[0-9a-fA-F]{192}$/),
  }),
});

const settingForms = {
  feeRecipient: { path: 'feerecipient', field: 'ethaddress', form: z.string().regex(/^0x[0-9a-fA-F]{40}$/) },
  gasLimit: { path: 'gas_limit', field: 'gas_limit', form: z.coerce.number().int().nonnegative().safe() },
  graffiti: { path: 'graffiti', field: 'graffiti', form: z.string().max(200) },
} as const;

/** Commands a client over the Keymanager API. */
export function createKeymanagerHttp(end: KeymanagerEnd): Keymanager {
  return {
    keys: () => listKeys(end),
    importKeystores: (keystores, history) => importKeystores(end, keystores, history),
    deleteKeystores: (keys) => deleteKeystores(end, keys),
    importRemoteKeys: (keys, url) => importRemoteKeys(end, keys, url),
    deleteRemoteKeys: (keys) =>
      outcomesOf<DeleteStatus>(end, {
        keys,
        path: 'remotekeys',
        asked: 'the removal of remote keys',
        method: 'DELETE',
        body: { pubkeys: keys },
        statuses: ['deleted', 'not_found'],
        timeoutMs: deleteTimeoutMs,
      }),
    setting: (key, name) => readSetting(end, key, name),
    set: (key, name, value) => writeSetting(end, { key, name, value }),
    signExit: (key, epoch) => signExit(end, key, epoch),
  };
}

async function listKeys(end: KeymanagerEnd): Promise<readonly ListedKey[]> {
  const asked = 'the list of its keys';
  // Whose API has that list alone is not taken for one without keys when it is not found.
  if (end.keys === 'remote') return askRemoteKeys(end, asked);
  const local = await askKeymanager(end, { method: 'GET', path: 'keystores', asked, timeoutMs }, listed);
  const remote = await listRemoteKeys(end);
  const signedFor = new Set(remote.map(({ key }) => key));
  return [
    ...local.data
      // Lighthouse lists a remote key among the keystores too, as read-only.
      .filter((entry) => !signedFor.has(entry.validating_pubkey))
      .map((entry) => ({
        key: entry.validating_pubkey,
        held: 'local' as const,
        readonly: entry.readonly === true,
      })),
    ...remote,
  ];
}

/** A client that knows no remote keys has none. */
async function listRemoteKeys(end: KeymanagerEnd): Promise<readonly ListedKey[]> {
  try {
    return await askRemoteKeys(end, 'the list of its remote keys');
  } catch (thrown) {
    if (isEphemeryError(thrown) && thrown.code === 'EPH-KEYMANAGER-NOT-FOUND') return [];
    throw thrown;
  }
}

async function askRemoteKeys(end: KeymanagerEnd, asked: string): Promise<readonly ListedKey[]> {
  const request = { method: 'GET', path: 'remotekeys', asked, timeoutMs } as const;
  const { data } = await askKeymanager(end, request, listedRemote);
  return data.map(({ pubkey, url, readonly }) => ({
    key: pubkey,
    held: 'remote',
    readonly: readonly === true,
    ...(url === null || url === undefined ? {} : { url }),
  }));
}

async function importKeystores(
  end: KeymanagerEnd,
  keystores: readonly KeystoreToImport[],
  history: string | undefined,
): Promise<readonly KeyOutcome<ImportStatus>[]> {
  const all: KeyOutcome<ImportStatus>[] = [];
  for (let at = 0; at < keystores.length; at += importBatch) {
    const batch = keystores.slice(at, at + importBatch);
    const passwords = batch.map(({ password }) => password.reveal());
    const results = await outcomesOf<ImportStatus>(end, {
      keys: batch.map(({ key }) => key),
      path: 'keystores',
      asked: 'the import of keystores',
      method: 'POST',
      body: {
        keystores: batch.map(({ keystore }) => keystore),
        passwords,
        // With each batch: some clients take in only what concerns the keys of the request.
        ...(history === undefined ? {} : { slashing_protection: history }),
      },
      statuses: ['imported', 'duplicate'],
      secrets: passwords,
      timeoutMs: importTimeoutMs,
    });
    all.push(...results);
  }
  return all;
}

async function importRemoteKeys(
  end: KeymanagerEnd,
  keys: readonly PublicKey[],
  url: string,
): Promise<readonly KeyOutcome<ImportStatus>[]> {
  const all: KeyOutcome<ImportStatus>[] = [];
  for (let at = 0; at < keys.length; at += remoteBatch) {
    const batch = keys.slice(at, at + remoteBatch);
    const results = await outcomesOf<ImportStatus>(end, {
      keys: batch,
      path: 'remotekeys',
      asked: 'the import of remote keys',
      method: 'POST',
      body: { remote_keys: batch.map((pubkey) => ({ pubkey, url })) },
      statuses: ['imported', 'duplicate'],
      timeoutMs: importTimeoutMs,
    });
    all.push(...results);
  }
  return all;
}

async function deleteKeystores(end: KeymanagerEnd, keys: readonly PublicKey[]): Promise<DeletedKeystores> {
  const asked = 'the removal of keystores';
  const body = { pubkeys: keys };
  const request = { method: 'DELETE', path: 'keystores', body, asked, timeoutMs: deleteTimeoutMs } as const;
  const { data, slashing_protection } = await askKeymanager(end, request, deleted);
  const statuses: readonly DeleteStatus[] = ['deleted', 'not_active', 'not_found'];
  return { outcomes: paired(end, { keys, asked, statuses, data }), protection: slashing_protection };
}

interface OutcomeRequest<S extends string> {
  readonly keys: readonly PublicKey[];
  readonly path: string;
  readonly asked: string;
  readonly method: 'POST' | 'DELETE';
  readonly body: unknown;
  readonly statuses: readonly S[];
  readonly secrets?: readonly string[];
  readonly timeoutMs?: number;
}

async function outcomesOf<S extends string>(
  end: KeymanagerEnd,
  request: OutcomeRequest<S>,
): Promise<readonly KeyOutcome<S>[]> {
  const { data } = await askKeymanager(end, { timeoutMs, ...request }, outcomes);
  return paired(end, { ...request, data });
}

/** The answer says nothing of keys: its order is that of the request, and its length must be. */
function paired<S extends string>(
  { url, token }: KeymanagerEnd,
  {
    keys,
    asked,
    statuses,
    data,
    secrets = [],
  }: Pick<OutcomeRequest<S>, 'keys' | 'asked' | 'statuses' | 'secrets'> & {
    readonly data: z.infer<typeof outcomes>['data'];
  },
): readonly KeyOutcome<S>[] {
  const wrong = (problem: string) => keymanagerErrors.create('EPH-KEYMANAGER-REPLY', { url, asked, problem });
  if (data.length !== keys.length) throw wrong(`it tells of ${data.length} keys instead of ${keys.length}`);
  const hidden = [...secrets, ...(token === undefined ? [] : [token.reveal()])];
  return keys.map((key, index) => {
    const { status = '', message } = data[index] ?? {};
    const said = quotable(message ?? '', hidden);
    const known = [...statuses, 'error' as const].find((each) => each === status.toLowerCase());
    if (known === undefined) throw wrong(`"${quotable(status, hidden)}" is no status`);
    return { key, status: known, ...(said === '' ? {} : { message: said }) };
  });
}

async function readSetting<N extends KeySettingName>(
  end: KeymanagerEnd,
  key: PublicKey,
  name: N,
): Promise<KeySettings[N]> {
  const { path, field, form } = settingForms[name];
  const request = {
    method: 'GET',
    path: `validator/${key}/${path}`,
    asked: `${path} of ${key}`,
    timeoutMs,
  } as const;
  const schema = z.object({ data: z.object({ [field]: form.nullish() }) });
  try {
    const { data } = await askKeymanager(end, request, schema);
    const value = data[field] ?? undefined;
    return (typeof value === 'string' ? textOf(value) : value) as KeySettings[N];
  } catch (thrown) {
    if (isNothingSet(end, thrown)) return undefined as KeySettings[N];
    throw thrown;
  }
}

/** The standard has no words for a key that has nothing set. */
function isNothingSet({ nothingSet = [] }: KeymanagerEnd, thrown: unknown): boolean {
  if (!isEphemeryError(thrown, 'EPH-KEYMANAGER-REFUSED')) return false;
  const { reason } = thrown.facts;
  return nothingSet.some((words) => `${reason}`.includes(words));
}

/** Lighthouse gives the 32 bytes of a graffiti as hex, and Prysm as text filled with zeros; both take its text. */
function textOf(value: string): string {
  const isHex = /^0x[0-9a-fA-F]{64}$/.test(value);
  const text = isHex ? Buffer.from(value.slice(2), 'hex').toString('utf8') : value;
  return text.replace(/\0+$/, '');
}

async function writeSetting<N extends KeySettingName>(
  end: KeymanagerEnd,
  { key, name, value }: { readonly key: PublicKey; readonly name: N; readonly value: KeySettings[N] },
): Promise<void> {
  const { path, field } = settingForms[name];
  const where = { path: `validator/${key}/${path}`, asked: `${path} of ${key}`, timeoutMs };
  if (value === undefined) return tellKeymanager(end, { ...where, method: 'DELETE' });
  await tellKeymanager(end, { ...where, method: 'POST', body: { [field]: `${value}` } });
}

async function signExit(end: KeymanagerEnd, key: PublicKey, epoch: number | undefined): Promise<SignedExit> {
  const query = epoch === undefined ? '' : `?epoch=${epoch}`;
  const path = `validator/${key}/voluntary_exit${query}`;
  const request = { method: 'POST', path, asked: `an exit of ${key}`, timeoutMs } as const;
  const { data } = await askKeymanager(end, request, exit);
  return data;
}
