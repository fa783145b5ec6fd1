import { defineErrors, error } from '../base/errors.ts';

/** What can go wrong with the database in which a signer keeps its slashing protection. */
export const signerErrors = defineErrors({
  'EPH-SIGNER-CREDENTIALS': error<{ file: string; problem: string }>({
    meaning: "The file with the user and password of a signer's database cannot be used.",
    message: ({ file, problem }) => `The credentials in ${file} cannot be used: ${problem}.`,
    remedy: ({ file }) =>
      `It holds two lines, the name of the user and the password, and only its owner can read it: \`chmod 600 ${file}\`.`,
  }),
  'EPH-SIGNER-DATABASE': error<{ url: string; problem: string }>({
    meaning: "A signer's database cannot be reached, or refuses the user.",
    message: ({ url, problem }) => `The database ${url} cannot be used: ${problem}.`,
    remedy: () =>
      'See that PostgreSQL runs there and that the user may make schemas: `GRANT CREATE ON DATABASE … TO …`. It is tried again.',
  }),
  'EPH-SIGNER-SCHEMA-FOREIGN': error<{ schema: string }>({
    meaning: 'A schema has the name of one of ours and was made by somebody else.',
    message: ({ schema }) => `The schema ${schema} exists, and we did not make it.`,
    remedy: ({ schema }) =>
      `Look what it is: \`\\dt ${schema}.*\`. Slashing protection may be in it. Rename it when it is to stay: \`ALTER SCHEMA ${schema} RENAME TO …\`.`,
  }),
  'EPH-SIGNER-MIGRATIONS': error<{ folder: string; problem: string }>({
    meaning: 'The migrations that come with a signer are missing or not as they should be.',
    message: ({ folder, problem }) => `The migrations in ${folder} cannot be used: ${problem}.`,
    remedy: () =>
      'Verify the program with `ephemery artifacts verify`, or choose another version of the signer.',
  }),
  'EPH-SIGNER-MIGRATION-CHANGED': error<{ schema: string; version: number; problem: string }>({
    meaning: 'What was done to the tables of a signer is not what its program would do.',
    message: ({ schema, version, problem }) =>
      `Migration ${version} of the schema ${schema} does not fit: ${problem}.`,
    remedy: () =>
      'The schema is left as it is, and the signer stays down. Go back to the version of the signer that made it, until the next iteration.',
  }),
  'EPH-SIGNER-MIGRATION-FAILED': error<{ schema: string; version: number; problem: string }>({
    meaning: "A step of a signer's migrations failed; nothing of it was kept.",
    message: ({ schema, version, problem }) =>
      `Migration ${version} of the schema ${schema} failed: ${problem}.`,
    remedy: () => 'Mend what the database says. It goes on with this step when the signer is started again.',
  }),
});
