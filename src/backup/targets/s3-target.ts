import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../base/http.ts';
import type { Secret } from '../../base/secret.ts';
import { takeBack } from '../../base/take-back.ts';
import { backupErrors } from '../errors.ts';
import { attempt } from './attempt.ts';
import { s3Refusal } from './s3-refusal.ts';
import type { BackupTarget } from './target.ts';

export interface S3TargetOptions {
  /** The service's address, such as https://s3.eu-central-1.amazonaws.com; buckets are addressed by path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Stands before every name, such as `validators/`. */
  readonly prefix: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: Secret };
  readonly http: Pick<HttpClient, 'request'>;
}

/** One request puts the whole object: the service's own limit for it. Source: Amazon S3, PutObject. */
const largestObjectBytes = 5 * 2 ** 30;
const largestListingBytes = 16 * 1024 * 1024;
const mostPages = 1_000;
const sendTimeoutMs = 600_000;

/** A bucket of any service with the S3 interface. Source: Amazon S3 API reference; signature version 4. */
export function s3Target(options: S3TargetOptions): BackupTarget {
  const { endpoint, bucket, prefix } = options;
  const name = `s3 ${new URL(endpoint).host}/${bucket}/${prefix}`;
  const base = `${endpoint.replace(/\/+$/, '')}/${encodeURIComponent(bucket)}`;
  const objectUrl = (object: string) =>
    `${base}/${`${prefix}${object}`.split('/').map(encodeURIComponent).join('/')}`;
  const ask = signedRequests(options);
  return {
    name,
    put: (file, object, signal) =>
      attempt(name, signal, async () => {
        const { size } = await stat(file);
        if (size > largestObjectBytes)
          throw new RangeError(`${size} bytes are more than one object may have`);
        const answer = await ask(
          { url: objectUrl(object), method: 'PUT', body: await readFile(file) },
          signal,
        );
        await expectStatus(answer, [200, 201, 204]);
        answer.discard();
      }),
    list: (signal) => attempt(name, signal, () => listAll({ ask, base, prefix }, signal)),
    fetch: (object, into, signal) =>
      attempt(name, signal, async () => {
        const answer = await ask({ url: objectUrl(object), method: 'GET' }, signal);
        if (answer.status === 404) {
          answer.discard();
          throw backupErrors.create('EPH-BACKUP-NONE', { wanted: object, target: name });
        }
        await expectStatus(answer, [200]);
        await save(answer, into, signal);
      }),
    remove: (object, signal) =>
      attempt(name, signal, async () => {
        const answer = await ask({ url: objectUrl(object), method: 'DELETE' }, signal);
        await expectStatus(answer, [200, 204, 404]);
        answer.discard();
      }),
  };
}

type Ask = (
  request: Pick<HttpRequest, 'url' | 'method' | 'body'>,
  signal?: AbortSignal,
) => Promise<HttpAnswer>;

function signedRequests({ credentials, region, http }: S3TargetOptions): Ask {
  return async ({ url, method = 'GET', body }, signal) => {
    const { AwsV4Signer } = await import('aws4fetch');
    const signed = await new AwsV4Signer({
      url,
      method,
      region,
      service: 's3',
      // Signed with the rest, so that what arrives otherwise is refused.
      headers: { 'x-amz-content-sha256': sha256(body) },
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey.reveal(),
    }).sign();
    return http.request({
      url: signed.url.href,
      method,
      headers: Object.fromEntries(signed.headers),
      redirects: 0,
      headersTimeoutMs: sendTimeoutMs,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
  };
}

function sha256(body: HttpRequest['body']): string {
  return createHash('sha256')
    .update(body ?? '')
    .digest('hex');
}

async function expectStatus(answer: HttpAnswer, good: readonly number[]): Promise<void> {
  if (!good.includes(answer.status)) throw await s3Refusal(answer);
}

async function listAll(
  { ask, base, prefix }: { readonly ask: Ask; readonly base: string; readonly prefix: string },
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const names: string[] = [];
  let continuation: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const query = new URLSearchParams({ 'list-type': '2', prefix });
    if (continuation !== undefined) query.set('continuation-token', continuation);
    const answer = await ask({ url: `${base}?${query}` }, signal);
    await expectStatus(answer, [200]);
    const text = await textOf(answer);
    names.push(...elements(text, 'Key').map((key) => key.slice(prefix.length)));
    [continuation] = elements(text, 'NextContinuationToken');
    if (continuation === undefined) break;
  }
  return names;
}

/** The contents of all elements of a name. The listing is flat, so that no parser is needed to read two of its fields. */
function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]{1,2048})</${name}>`, 'g'))].map(([, text = '']) =>
    text
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&apos;', "'")
      .replaceAll('&amp;', '&'),
  );
}

async function textOf(answer: HttpAnswer): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body()) {
    bytes += part.length;
    if (bytes > largestListingBytes) throw new RangeError('its listing is too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function save(answer: HttpAnswer, into: string, signal: AbortSignal | undefined): Promise<void> {
  const out = createWriteStream(into, { flags: 'wx', mode: 0o600 });
  try {
    await pipeline(Readable.from(answer.body()), out, ...(signal === undefined ? [] : [{ signal }]));
  } catch (cause) {
    await takeBack(out, into);
    throw cause;
  }
}
