import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { messageOf } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { type PublicKey, readPublicKey } from '../../core/keys/public-key.ts';
import type { Keymanager } from './keymanager.ts';
import { KeymanagerError } from './keymanager-error.ts';

const importBody = z.object({
  keystores: z.array(z.string()).max(10_000),
  passwords: z.array(z.string()),
  slashing_protection: z.string().optional(),
});
const deleteBody = z.object({ pubkeys: z.array(z.string()).max(10_000) });

interface Outcome {
  readonly status: string;
  readonly message?: string;
}

/** Listing, importing and deleting keys. Source: ethereum/keymanager-APIs, local and remote key manager. */
export function registerKeystoreRoutes(server: FastifyInstance, keymanager: Keymanager): void {
  server.get('/eth/v1/keystores', async () => ({
    data: keymanager.keys.all().map(({ publicKey, derivationPath }) => ({
      validating_pubkey: publicKey,
      derivation_path: derivationPath,
      readonly: false,
    })),
  }));
  server.post('/eth/v1/keystores', async ({ body }) => ({ data: await importKeys(keymanager, body) }));
  server.delete('/eth/v1/keystores', async ({ body }) => deleteKeys(keymanager, body));
  registerRemoteKeyRoutes(server);
}

/** All that can fail without a key being taken in is done first; then protection, then keys one by one. */
async function importKeys(keymanager: Keymanager, body: unknown): Promise<Outcome[]> {
  const { keystores, passwords, slashing_protection: history } = parse(importBody, body);
  if (keystores.length !== passwords.length) throw new KeymanagerError(400, 'one password for each keystore');
  if (history !== undefined && history !== '') {
    await keymanager.protection.merge(history, 'slashing_protection').catch((cause: unknown) => {
      throw new KeymanagerError(400, messageOf(cause));
    });
  }
  const outcomes: Outcome[] = [];
  for (const [i, text] of keystores.entries()) {
    outcomes.push(await importKey(keymanager, text, new Secret(passwords[i] ?? '')));
  }
  keymanager.keysChanged();
  return outcomes;
}

async function importKey(keymanager: Keymanager, text: string, password: Secret): Promise<Outcome> {
  try {
    return { status: await keymanager.keys.import(text, password) };
  } catch (cause) {
    return { status: 'error', message: messageOf(cause) };
  }
}

/** A key signs no more before its history is exported, so that nothing can be missing in it. */
async function deleteKeys(keymanager: Keymanager, body: unknown) {
  const { keys, protection } = keymanager;
  const asked = parse(deleteBody, body).pubkeys.map((text) => readPublicKey(text));
  const outcomes: Outcome[] = [];
  for (const key of asked) outcomes.push(await deleteKey(keymanager, key));
  const known = asked.filter((key) => key !== undefined && !keys.has(key)) as PublicKey[];
  const history = await protection.export(new Set(known));
  keymanager.keysChanged();
  return { data: outcomes, slashing_protection: history };
}

async function deleteKey({ keys, protection }: Keymanager, key: PublicKey | undefined): Promise<Outcome> {
  if (key === undefined) return { status: 'error', message: 'it is no public key' };
  try {
    if (await keys.remove(key)) return { status: 'deleted' };
    return { status: protection.knows(key) ? 'not_active' : 'not_found' };
  } catch (cause) {
    return { status: 'error', message: messageOf(cause) };
  }
}

/** This client signs itself: it has no remote keys and takes none. */
function registerRemoteKeyRoutes(server: FastifyInstance): void {
  const message = 'this client takes no remote keys';
  server.get('/eth/v1/remotekeys', async () => ({ data: [] }));
  server.post<{ Body: { remote_keys?: unknown[] } | undefined }>('/eth/v1/remotekeys', async ({ body }) => ({
    data: (body?.remote_keys ?? []).map(() => ({ status: 'error', message })),
  }));
  server.delete<{ Body: { pubkeys?: unknown[] } | undefined }>('/eth/v1/remotekeys', async ({ body }) => ({
    data: (body?.pubkeys ?? []).map(() => ({ status: 'not_found' })),
  }));
}

export function parse<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  // The paths alone: the values may be passwords.
  const places = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new KeymanagerError(400, places.join('; '));
}
