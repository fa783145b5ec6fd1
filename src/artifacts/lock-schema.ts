import { z } from 'zod';

const version = z.string().min(1).max(64);
const hex256 = z.string().regex(/^[0-9a-f]{64}$/);

const platformName = z.string().max(64);

const archive = z.strictObject({
  source: z.literal('archive'),
  version,
  platforms: z.record(
    platformName,
    z.strictObject({
      url: z.string().max(2048),
      sha256: hex256,
      tree: hex256.optional(),
      trust: z.enum(['publisher', 'signature', 'configured', 'first-use']),
    }),
  ),
});

const programs = z.record(
  z.string().max(256),
  z.discriminatedUnion('source', [
    z.strictObject({ source: z.literal('builtin'), package: z.string().max(214), version }),
    z.strictObject({
      source: z.literal('npm'),
      package: z.string().max(214),
      version,
      integrity: z.string().max(256),
      tree: hex256,
    }),
    z.strictObject({
      source: z.literal('image'),
      repository: z.string().max(512),
      tag: z.string().max(128),
      version,
      digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    }),
    archive,
    z.strictObject({ source: z.literal('path'), path: z.string().max(4096), version }),
  ]),
);

/** The shape of ephemery.lock. Loaded only when a lock file is read. */
export const lockSchema = z.strictObject({
  version: z.literal(1),
  programs,
  previous: programs.optional(),
});
