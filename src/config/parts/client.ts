import { z } from 'zod';
import { address, form, graffiti, name, path, toldUrl } from './forms.ts';
import { limitsPart } from './limits.ts';

const artifact = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('npm').describe('An npm package, installed once and used offline afterwards.'),
      package: z.string().min(1).max(214).describe('The name of the package.'),
      bin: z.string().min(1).optional().describe("The program in it; the catalogue's when absent."),
      integrity: z
        .string()
        .optional()
        .describe('The integrity string (sha512-…) that the registry must answer with.'),
    }),
    z.strictObject({
      kind: z.literal('archive').describe('A published file, by its address and checksum.'),
      url: z
        .url({ protocol: /^https?$/, error: 'must be an http or https address' })
        .describe('The address of the archive; may hold {version}, {os} and {arch}.'),
      format: z
        .enum(['tar.gz', 'zip', 'program'])
        .optional()
        .describe('What the file is; by the ending of its address when absent, else tar.gz.'),
      bin: z
        .string()
        .min(1)
        .describe('The path of the program inside the archive; its name when the file is the program.'),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/, { error: 'must be 64 lower-case hex digits' })
        .meta(form('hex, 32 bytes'))
        .describe('Hex SHA-256 of the file.'),
    }),
    z.strictObject({
      kind: z.literal('image').describe('A container image, for the runtime container.'),
      image: z
        .string()
        .regex(/^[a-z0-9][a-z0-9._:/-]{0,500}$/, { error: "must be an image's repository, without a tag" })
        .describe('The repository, with its registry: docker.io/ethereum/client-go.'),
      tag: z
        .string()
        .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, { error: 'must be a tag' })
        .optional()
        .describe("The tag; the catalogue's form of the version when absent."),
      digest: z
        .string()
        .regex(/^sha256:[0-9a-f]{64}$/, { error: 'must be sha256: and 64 lower-case hex digits' })
        .meta(form('sha256: and hex, 32 bytes'))
        .optional()
        .describe('What the image must be; what the tag means when it is first resolved when absent.'),
      command: z
        .array(z.string())
        .min(1)
        .optional()
        .describe("What replaces the image's entrypoint, when that is not the program."),
    }),
    z.strictObject({
      kind: z.literal('path').describe('A program that is on this machine already.'),
      path: path.describe('The path of the program.'),
    }),
  ])
  .describe('Where the program comes from; the first choice of the catalogue when absent.');

const version = z
  .string()
  .min(1)
  .max(64)
  .describe('The exact version; pinned in ephemery.lock when it is first resolved.');

/** What is said of one client and would mean something else, or nothing, to another. */
const ownSettings = {
  version,
  artifact,
  ports: z
    .record(z.string(), z.int().min(1).max(65535))
    .describe('Fixed ports by name; the others are allocated once and kept.'),
  args: z
    .array(z.string())
    .max(200)
    .describe('More arguments for the program. Flags that we set ourselves are refused.'),
  env: z
    .record(z.string(), z.string())
    .describe(
      'More environment variables for the program. Those that stand for flags which we set are refused.',
    ),
};

export const ownSettingNames = Object.keys(ownSettings) as readonly (keyof typeof ownSettings)[];

const clientPart = z.strictObject({
  client: z.string().min(1).max(64).describe('The id of the client in the catalogue.'),
  version: version.optional(),
  artifact: artifact.optional(),
  ports: ownSettings.ports.default({}),
  args: ownSettings.args.default([]),
  env: ownSettings.env.default({}),
  limits: limitsPart.optional(),
  publish: z
    .array(z.string().min(1).max(64))
    .max(20)
    .optional()
    .describe(
      'With the runtime container: ports, by name, that are published on every address of this host. Whoever reaches them can ask them; the others stay on loopback.',
    ),
});

const former = z
  .record(name, z.strictObject(ownSettings).partial())
  .optional()
  .describe(
    'What was set for clients that this one replaced, by their ids. `ephemery clients switch` keeps it here and takes it up on the way back; nothing else reads it.',
  );

/** What of a client says where its program comes from. */
export const clientProgramPart = clientPart.pick({ client: true, version: true, artifact: true });

/** An execution or consensus client; somebody else's has an address and nothing else. */
export const chainClientPart = clientPart.extend({
  former,
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .optional()
    .describe('With the runtime external: where its JSON-RPC or Beacon API answers.'),
});

/** What only a consensus client is told. */
export const consensusPart = chainClientPart.extend({
  builderUrl: toldUrl
    .optional()
    .describe('The address of a block builder (mev-boost or the like) that blocks are asked of.'),
});

/** A signer that runs beside its validator client. */
export const signerPart = clientPart.extend({
  database: z
    .strictObject({
      version: version.optional(),
      artifact: artifact.optional(),
      limits: limitsPart.optional(),
      url: z
        .url({ protocol: /^postgres(ql)?$/, error: 'must be an address postgresql://host:port/database' })
        .refine((url) => !/^[a-z]+:\/\/[^/]*@|[?&](?:user|password|sslpassword)=/i.test(url), {
          error: 'must hold neither user nor password: they stand in credentialsFile',
        })
        .optional()
        .describe(
          'A PostgreSQL database of your own: postgresql://host:port/database. Each network gets a schema in it.',
        ),
      credentialsFile: path
        .optional()
        .describe('A file with two lines, the user and the password, that only its owner can read.'),
    })
    .prefault({})
    .describe(
      'Where the signer keeps its slashing protection. In containers, without an address, a PostgreSQL of the node itself: version, artifact and limits are of that one.',
    ),
});

export const validatorPart = clientPart.extend({
  former,
  keySets: z.array(z.string()).default([]).describe('The key sets that this validator client signs with.'),
  feeRecipient: address
    .optional()
    .describe("Who gets the fees of a proposal for which nothing else is said; a key set's own comes first."),
  graffiti: graffiti.optional().describe('What its proposals bear, up to 32 bytes.'),
  signerUrl: toldUrl
    .optional()
    .describe('The address of a remote signer (Web3Signer API) that holds the keys instead of the client.'),
});
