import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * A bucket in memory behind the S3 interface, as far as backups use it. It checks every signature by the rules of
 * signature version 4 (Amazon S3, "Authenticating requests") with code of its own.
 */
export async function startS3Server(options: {
  readonly secretAccessKey: string;
  readonly pageSize: number;
  /** Its clock; ours when absent. */
  readonly nowMs?: () => number;
  /** How much it holds. */
  readonly capacityBytes?: number;
  /** A connection breaks off in the middle of what is sent to it, or of what it sends. */
  readonly breaksOff?: 'upload' | 'download';
  /** A byte is changed on the way to it. */
  readonly altersUploads?: boolean;
}) {
  const objects = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (options.breaksOff === 'upload' && request.method === 'PUT') {
      await once(request, 'data');
      return void request.destroy();
    }
    const body = await buffer(request);
    if (options.altersUploads === true && body.length > 0) body[0] = (body[0] ?? 0) ^ 1;
    const refuse = (status: number, code: string) =>
      void response
        .writeHead(status)
        .end(`<Error><Code>${code}</Code><AWSAccessKeyId>AKIA</AWSAccessKeyId></Error>`);
    if (Math.abs((options.nowMs ?? Date.now)() - dateOf(request)) > mostSkewMs)
      return refuse(403, 'RequestTimeTooSkewed');
    if (!isSigned(request, options.secretAccessKey)) return refuse(403, 'SignatureDoesNotMatch');
    const digest = request.headers['x-amz-content-sha256'];
    if (digest !== 'UNSIGNED-PAYLOAD' && digest !== createHash('sha256').update(body).digest('hex'))
      return refuse(400, 'XAmzContentSHA256Mismatch');
    if (!(request.url ?? '').startsWith('/bucket')) return refuse(404, 'NoSuchBucket');
    const held = [...objects.values()].reduce((sum, { length }) => sum + length, 0);
    if (request.method === 'PUT' && held + body.length > (options.capacityBytes ?? Number.POSITIVE_INFINITY))
      return refuse(507, 'XMinioStorageFull');
    const url = new URL(request.url ?? '/', 'http://x');
    const key = decodeURIComponent(url.pathname).replace(/^\/bucket\/?/, '');
    if (request.method === 'PUT') objects.set(key, body);
    if (request.method === 'DELETE') objects.delete(key);
    if (request.method !== 'GET')
      return void response.writeHead(request.method === 'DELETE' ? 204 : 200).end();
    if (url.searchParams.has('list-type'))
      return void response.end(listing(objects, url.searchParams, options.pageSize));
    const object = objects.get(key);
    if (options.breaksOff === 'download' && object !== undefined) {
      response.writeHead(200, { 'content-length': object.length }).write(object.subarray(0, 1_000));
      return void setImmediate(() => response.destroy());
    }
    return void response.writeHead(object === undefined ? 404 : 200).end(object);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, objects, close };
}

/** Requests of another quarter of an hour are refused, so that none can be sent again later. */
const mostSkewMs = 15 * 60_000;

function dateOf({ headers }: IncomingMessage): number {
  const [, y, mo, d, h, mi, s] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers['x-amz-date'])) ?? [];
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}

function listing(objects: ReadonlyMap<string, Buffer>, query: URLSearchParams, pageSize: number): string {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token') ?? '';
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, pageSize);
  const contents = page
    .map((key) => `<Contents><Key>${key.replaceAll('&', '&amp;')}</Key></Contents>`)
    .join('');
  const more = keys.length > pageSize ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  return `<?xml version="1.0"?><ListBucketResult>${contents}${more}</ListBucketResult>`;
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function isSigned(request: IncomingMessage, secret: string): boolean {
  const form =
    /Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})/;
  const [, , day = '', region = '', signedHeaders = '', signature = ''] =
    form.exec(request.headers.authorization ?? '') ?? [];
  if (signature === '') return false;
  const url = new URL(request.url ?? '/', 'http://x');
  const query = [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const headers = signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [
    request.method,
    url.pathname
      .split('/')
      .map((part) => encode(decodeURIComponent(part)))
      .join('/'),
    query.join('&'),
    headers.join(''),
    signedHeaders,
    request.headers['x-amz-content-sha256'],
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, digest].join('\n');
  const key = ['aws4_request', 's3', region, day].reduceRight(
    (at: string | Buffer, part) => hmac(at, part),
    `AWS4${secret}`,
  );
  return timingSafeEqual(Buffer.from(signature, 'hex'), hmac(key, text));
}
