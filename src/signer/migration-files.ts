import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { signerErrors } from './errors.ts';

export interface Migration {
  readonly version: number;
  /** `initial` of `V00001__initial.sql`. */
  readonly name: string;
  readonly sql: string;
  /** Of the file's bytes, hex. */
  readonly sha256: string;
}

/** As Flyway names them, whole numbers only. */
const form = /^V0*(\d{1,9})__([A-Za-z0-9_]{1,100})\.sql$/;
const largestBytes = 1024 * 1024;
const mostFiles = 1000;

/** The migrations of a signer's own folder, in their order. Throws EPH-SIGNER-MIGRATIONS. */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const refuse = (problem: string, cause?: unknown) =>
    signerErrors.create('EPH-SIGNER-MIGRATIONS', { folder, problem }, cause);
  const names = await readdir(folder).catch((cause: unknown) => {
    throw refuse(messageOf(cause), cause);
  });
  const files = names.filter((name) => form.test(name));
  if (files.length === 0) throw refuse('there are none');
  if (files.length > mostFiles) throw refuse(`there are more than ${mostFiles}`);
  const migrations: Migration[] = [];
  for (const file of files) {
    const [, version = '', name = ''] = form.exec(file) ?? [];
    const { size } = await lstat(join(folder, file));
    if (size > largestBytes) throw refuse(`${file} is too large`);
    const bytes = await readFile(join(folder, file));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    migrations.push({ version: Number(version), name, sql: bytes.toString('utf8'), sha256 });
  }
  const sorted = migrations.toSorted((a, b) => a.version - b.version);
  const twice = sorted.find(({ version }, index) => version === sorted[index + 1]?.version);
  if (twice !== undefined) throw refuse(`version ${twice.version} is there twice`);
  return sorted;
}
