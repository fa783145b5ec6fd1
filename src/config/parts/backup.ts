import { z } from 'zod';
import { duration, path } from './forms.ts';

const target = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('directory').describe('A folder of this machine, or one mounted into it.'),
      path: path.describe('The folder; made when it is not there.'),
    }),
    z.strictObject({
      kind: z.literal('s3').describe('A bucket of a service with the S3 interface.'),
      endpoint: z
        .url({ protocol: /^https?$/, error: 'must be an http or https address' })
        .describe('The address of the service; buckets are addressed by path.'),
      region: z.string().min(1).max(64).default('us-east-1').describe('The region of the bucket.'),
      bucket: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: 'must be the name of a bucket' })
        .describe('The bucket.'),
      prefix: z.string().max(512).default('').describe('Stands before every name in the bucket.'),
      credentialsFile: path.describe(
        'A file of ours alone (0600) with the lines access_key_id=… and secret_access_key=….',
      ),
    }),
    z.strictObject({
      kind: z.literal('sftp').describe('A folder of an SSH server.'),
      host: z.string().min(1).max(253).describe('The name or address of the server.'),
      port: z.int().min(1).max(65535).default(22).describe('The port of the server.'),
      user: z.string().min(1).max(64).describe('Whom to log in as.'),
      path: z.string().min(1).max(1024).describe('The folder on the server; it must be there.'),
      hostKey: z
        .string()
        .regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/, { error: 'must be a fingerprint: SHA256: and 43 characters' })
        .describe('The fingerprint of its key, as ssh-keygen -lf prints it.'),
      privateKeyFile: path.describe('A private key without a passphrase, in a file of ours alone (0600).'),
    }),
  ])
  .describe('A place that backups go to.');

/** Backups of what cannot be made again. Unattended ones are locked for recipients, never with a passphrase. */
export const backupPart = z.strictObject({
  targets: z
    .array(target)
    .min(1, { error: 'must name at least one place' })
    .max(10)
    .describe('Where backups go: each one to all of them.'),
  recipients: z
    .array(z.string().regex(/^age1[0-9a-z]{10,4000}$/, { error: 'must be an age recipient (age1…)' }))
    .min(1, { error: 'must name at least one: backups made unattended are never locked with a passphrase' })
    .max(20)
    .describe('Whom backups are locked for; their identities lie elsewhere.'),
  every: duration.prefault('1d').describe('How often one is made by itself while the supervisor runs.'),
  keep: z
    .strictObject({
      count: z.int().min(1).max(10_000).default(14).describe('So many of the newest always stay.'),
      age: duration.prefault('90d').describe('Beyond these, none is removed that is younger.'),
    })
    .prefault({})
    .describe('How many backups stay in each target.'),
  drill: z
    .strictObject({
      every: duration
        .prefault('7d')
        .describe('How often the newest backup is restored into a scratch folder.'),
      identityFile: path.describe(
        'A second identity, of this host, whose recipient is among the recipients. Who holds this host and a backup can open it with this.',
      ),
    })
    .optional()
    .describe('Proves backups unattended; off unless told.'),
});
