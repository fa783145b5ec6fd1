import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { conceal } from '../../base/conceal.ts';
import { fileSha256 } from '../../base/file-sha256.ts';
import { taskSpec } from '../../core/node/unit-spec.ts';
import { readInterchanges, writeInterchange } from '../../protection/interchange-file.ts';
import type { DatabaseSurroundings, SignerDatabaseAccess } from './database-unit.ts';
import { nodeErrors } from './errors.ts';
import type { SignerSetup } from './node-setup.ts';
import type { SignerView } from './signer-view.ts';

interface SignerHere {
  readonly signer: SignerSetup;
  readonly schema: string;
  readonly database: SignerDatabaseAccess;
  readonly seen: SignerView;
}

/**
 * Brings what was kept of the network into a schema that does not know it yet: a restored root, or one whose database was
 * lost, goes on with what it signed. Bringing in what is there already has no effect. Throws EPH-NODE-TASK-FAILED, EPH-INTERCHANGE-*.
 */
export async function carryIn(around: DatabaseSurroundings, here: SignerHere): Promise<void> {
  const { env, bundle } = around;
  const { genesisValidatorsRoot } = bundle.identity;
  await ensureFolder(join(here.database.folder, 'begun'));
  const kept = await env.store.signerProtectionPath(genesisValidatorsRoot);
  const hash = await hashOf(kept);
  if (hash === (await knownHash(here))) return;
  const { protection } = here.signer.definition;
  if (protection !== undefined && hash !== nothing) {
    // A file of another network never comes near a database.
    await readInterchanges([kept], { genesisValidatorsRoot });
    const file = join(here.seen.data, protection.file);
    await copyFile(kept, file);
    await runTask(around, here, 'importTask');
    await rm(file, { force: true });
    env.log.info('brought the slashing protection that was kept into the database', { schema: here.schema });
  }
  await writeFileAtomic(markOf(here), hash);
}

/**
 * Writes what the signer's database remembers of the network to where a restore finds it. Nothing that never began on
 * the schema has anything to tell. Throws EPH-NODE-TASK-FAILED, EPH-INTERCHANGE-*.
 */
export async function keepProtection(around: DatabaseSurroundings, here: SignerHere): Promise<boolean> {
  const { env, bundle } = around;
  const { genesisValidatorsRoot } = bundle.identity;
  const { protection } = here.signer.definition;
  if (protection === undefined || (await knownHash(here)) === undefined) return false;
  const file = join(here.seen.data, protection.file);
  await rm(file, { force: true });
  await runTask(around, here, 'exportTask');
  const exported = await readInterchanges([file], { genesisValidatorsRoot });
  const kept = await env.store.signerProtectionPath(genesisValidatorsRoot);
  await writeInterchange(kept, exported);
  await writeFileAtomic(markOf(here), await hashOf(kept));
  await rm(file, { force: true });
  return true;
}

async function runTask(
  { env }: DatabaseSurroundings,
  { signer, seen, database }: SignerHere,
  which: 'exportTask' | 'importTask',
): Promise<void> {
  const task = signer.definition.protection?.[which](seen.context);
  if (task === undefined) return;
  const spec = taskSpec(task, seen.place);
  const { exitCode, tail } = await env.runtime.run(signer.program, spec);
  if (exitCode === 0) return;
  // It may quote the file of options that it was given, or the address of its database.
  const said = tail.map((line) => conceal(line, [database.credentials.password.reveal()]));
  throw nodeErrors.create('EPH-NODE-TASK-FAILED', { task: spec.name, exitCode, tail: said });
}

/** Instead of the hash of a file that is not there. */
const nothing = 'nothing';

/** What of the kept file a schema knows is its hash, beside the database: lost with it. */
function markOf({ database, schema }: SignerHere): string {
  return join(database.folder, 'begun', schema);
}

async function knownHash(here: SignerHere): Promise<string | undefined> {
  return ifThere(readFile(markOf(here), 'utf8'));
}

async function hashOf(file: string): Promise<string> {
  return (await ifThere(fileSha256(file))) ?? nothing;
}

export async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}
