import { messageOf } from '../../base/errors.ts';
import type { Interchange } from '../../core/keys/interchange.ts';
import { InterchangeUnion } from '../../core/keys/interchange-union.ts';
import { readJournal } from '../../core/node/journal-text.ts';
import { signerSchema } from '../../core/node/signer-schema.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import { readInterchanges, writeInterchange } from '../../protection/interchange-file.ts';
import { type DatabaseSurroundings, databaseAccess } from './database-unit.ts';
import { ifThere, keepProtection } from './signer-protection.ts';
import { signerView } from './signer-view.ts';

/** Has the database of a node's signer, which answers, tell what it remembers of a network. Throws as `keepProtection`. */
export async function keepSigner(around: DatabaseSurroundings): Promise<void> {
  const { signer } = around.setup;
  if (signer === undefined) return;
  const database = await databaseAccess(around);
  const schema = signerSchema(around.bundle.identity);
  const seen = await signerView(around, { signer, schema, database });
  await keepProtection(around, { signer, schema, database, seen });
}

/** The same on the way down: what cannot be told then does not hold that up. */
export async function keepAtStop(around: DatabaseSurroundings): Promise<void> {
  if (around.setup.signer === undefined) return;
  try {
    await keepSigner(around);
  } catch (thrown) {
    around.env.log.warn('what the signer remembers could not be kept', { reason: messageOf(thrown) });
  }
}

/**
 * Everything that a node's signer signed on a network, for another client that is to know it. Throws a RangeError when its database
 * ended without having told, and what `keepProtection` throws.
 */
export async function signedBySigner(around: DatabaseSurroundings): Promise<Interchange> {
  const { setup, env, bundle } = around;
  const isOurs = setup.database !== undefined;
  const runs = isOurs && (await env.runtime.recover(unitName(setup.name, 'database'))) !== undefined;
  if (!isOurs || runs) await keepSigner(around);
  else await refuseUntold(around);
  const { genesisValidatorsRoot } = bundle.identity;
  const kept = await env.store.signerProtectionPath(genesisValidatorsRoot);
  return (
    (await ifThere(readInterchanges([kept], { genesisValidatorsRoot }))) ??
    new InterchangeUnion().result(genesisValidatorsRoot)
  );
}

async function refuseUntold({ setup, env }: DatabaseSurroundings): Promise<void> {
  const read = readJournal(await env.store.readJournal());
  if (read.ok && read.state.signer === undefined) return;
  throw new RangeError(
    `the signer of ${setup.name} ended without telling what it signed; start it once, and stop it`,
  );
}

/**
 * Has a node's signer know this before it signs again: one that runs is stopped, and its next start brings it in. Throws what
 * the runtime throws.
 */
export async function tellSigner(around: DatabaseSurroundings, more: Interchange): Promise<void> {
  const { setup, env } = around;
  const { genesisValidatorsRoot } = more;
  const union = new InterchangeUnion();
  for (const { histories } of [await signedBySigner(around), more])
    for (const history of histories.values()) union.add(history);
  const handle = await env.runtime.recover(unitName(setup.name, 'signer'));
  const { signal, deadlineMs } = setup.signer?.definition.stop ?? { signal: 'SIGTERM', deadlineMs: 60_000 };
  if (handle !== undefined) await env.runtime.stop(handle, { signal, deadlineMs });
  const kept = await env.store.signerProtectionPath(genesisValidatorsRoot);
  await writeInterchange(kept, union.result(genesisValidatorsRoot));
}
