import type { HttpAnswer } from '../../base/http.ts';
import { makeRoom, TargetRefusal } from './target-refusal.ts';

const mostErrorBytes = 64 * 1024;

/** Codes that a person can do something about. Source: Amazon S3 API reference, error responses; MinIO's own. */
const known: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  AccessDenied: [
    'it does not let us do that',
    'See what the credentials may do in this bucket: list, get, put, delete.',
  ],
  InvalidAccessKeyId: ['it does not know our access key', 'See access_key_id in the credentials file.'],
  SignatureDoesNotMatch: [
    'it does not take our signature',
    'See secret_access_key in the credentials file, and the region.',
  ],
  RequestTimeTooSkewed: [
    'its clock and ours are too far apart',
    "Set this machine's clock; a time service keeps it right.",
  ],
  NoSuchBucket: [
    'it has no such bucket',
    'Make the bucket, or see its name and the endpoint in the configuration.',
  ],
  BadDigest: [
    'what arrived was altered on the way',
    'It is tried again by itself. If it stays so, see what lies between.',
  ],
  XAmzContentSHA256Mismatch: [
    'what arrived was altered on the way',
    'It is tried again by itself. If it stays so, see what lies between.',
  ],
  QuotaExceeded: ['it is full', makeRoom],
  XMinioStorageFull: ['it is full', makeRoom],
};

/** What an answer other than wished says. Of its text only the code is taken: it may quote our signature. */
export async function s3Refusal(answer: HttpAnswer): Promise<Error> {
  const code = /<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(await beginning(answer))?.[1];
  const [reason, remedy] = known[code ?? ''] ?? (answer.status === 507 ? ['it is full', makeRoom] : []);
  const told = `it answered ${answer.status}${code === undefined ? '' : `, ${code}`}`;
  if (reason === undefined || remedy === undefined) return new TypeError(told);
  return new TargetRefusal(`${reason} (${told})`, remedy);
}

async function beginning(answer: HttpAnswer): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of answer.body()) {
      parts.push(part);
      bytes += part.length;
      if (bytes > mostErrorBytes) break;
    }
  } catch {
    // The status alone says enough.
  }
  return Buffer.concat(parts).toString('utf8');
}
