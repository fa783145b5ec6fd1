import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf } from '../../test/simulation/network.ts';
import { toldBy } from '../../test/support/told-by.ts';
import { Secret } from '../base/secret.ts';
import { jdbcUrl, signerSchema } from '../core/node/signer-schema.ts';
import { ask } from './connect.ts';
import { readCredentials } from './credentials.ts';
import { readMigrations } from './migration-files.ts';
import { dueMigrations } from './prepare-schema.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signer-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('what a database says never has the password, in its own words and in those of its cause', async () => {
  const credentials = { username: 'signers', password: new Secret('planted-word') };
  const access = { url: 'postgresql://127.0.0.1:5432/signers', credentials };
  const said = ask(access, Promise.reject(new Error('role signers:planted-word is refused')));
  const thrown = await said.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(toldBy(thrown)).toContain('role signers:[secret] is refused');
  expect(toldBy(thrown)).not.toContain('planted-word');
});

describe('the migrations of a signer', () => {
  const write = (name: string, sql = 'SELECT 1;') => writeFile(join(folder, name), sql);

  it('are read in the order of their numbers, not of their names', async () => {
    for (const name of [
      'V10__ten.sql',
      'V00002__two.sql',
      'V9__nine.sql',
      'schema',
      'R__again.sql',
      'V1_one.sql',
    ])
      await write(name);
    const read = await readMigrations(folder);
    expect(read.map(({ version, name }) => `${version} ${name}`)).toEqual(['2 two', '9 nine', '10 ten']);
    expect(read[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('are refused when there are none, two of a number, or one that is far too large', async () => {
    await expect(readMigrations(folder)).rejects.toMatchObject({ code: 'EPH-SIGNER-MIGRATIONS' });
    await expect(readMigrations(join(folder, 'none'))).rejects.toMatchObject({
      code: 'EPH-SIGNER-MIGRATIONS',
    });
    await write('V1__one.sql');
    await write('V01__one.sql');
    await expect(readMigrations(folder)).rejects.toThrow('version 1 is there twice');
    await rm(join(folder, 'V01__one.sql'));
    await write('V2__two.sql', ' '.repeat(2 * 1024 * 1024));
    await expect(readMigrations(folder)).rejects.toThrow('too large');
  });

  it.each([
    ['nothing was done yet', [], [1, 2, 3]],
    ['some was', ['1 a', '2 b'], [3]],
    ['all was', ['1 a', '2 b', '3 c'], []],
  ] as const)('go on where they were: %s', (_, done, due) => {
    const all = ['1 a', '2 b', '3 c'].map((text) => migrationOf(text));
    expect(dueMigrations('eph', all, done.map(migrationOf)).map(({ version }) => version)).toEqual(due);
  });

  const migrationOf = (text: string) => {
    const [version = '', sha256 = ''] = text.split(' ');
    return { version: Number(version), name: 'm', sql: '', sha256 };
  };
});

describe("the credentials of a signer's database", () => {
  it('are two lines that only their owner reads', async () => {
    const file = join(folder, 'credentials');
    const refused = { code: 'EPH-SIGNER-CREDENTIALS' };
    await expect(readCredentials(file)).rejects.toMatchObject(refused);
    await writeFile(file, 'keeper\nsecret word\n', { mode: 0o600 });
    const read = await readCredentials(file);
    expect(read.username).toBe('keeper');
    expect(read.password.reveal()).toBe('secret word');
    expect(JSON.stringify(read)).not.toContain('secret word');
    await chmod(file, 0o644);
    await expect(readCredentials(file)).rejects.toMatchObject(refused);
    await chmod(file, 0o600);
    for (const text of ['', 'keeper\n', '\nsecret\n', 'a\nb\nc\n']) {
      await writeFile(file, text);
      await expect(readCredentials(file)).rejects.toMatchObject(refused);
    }
  });
});

describe("the schema of a signer's network", () => {
  it('is named after iteration and validators root, and named in the address for Java', () => {
    const schema = signerSchema(identityOf(10));
    expect(schema).toMatch(/^eph_10_[0-9a-f]{8}$/);
    expect(jdbcUrl('postgresql://db.example:5432/eph', schema)).toBe(
      `jdbc:postgresql://db.example:5432/eph?currentSchema=${schema}`,
    );
    expect(jdbcUrl('postgresql://[::1]/eph?sslmode=require', schema)).toBe(
      `jdbc:postgresql://[::1]/eph?sslmode=require&currentSchema=${schema}`,
    );
  });
});
