import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** A registry that gives out images in OCI layouts (OCI distribution specification, pull only). */
export class OciRegistry {
  /** Answers every request for a blob with an error while it is set. */
  blobsFail = false;
  /** Gives out blobs at this pace while it is set. */
  blobBytesPerSecond: number | undefined;
  /** Gives out the first half of each blob and then nothing, while it is set. */
  blobsStall = false;
  /** Blobs that somebody is being given. */
  openBlobs = 0;
  private readonly server: Server;
  private readonly layouts = new Set<string>();
  private readonly tags = new Map<string, Buffer>();

  static async start(): Promise<OciRegistry> {
    const registry = new OciRegistry();
    await new Promise<void>((resolve) => registry.server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  private constructor() {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Puts the one image of an OCI layout under a tag, replacing what was there; its digest. */
  async publish(name: string, tag: string, layout: string): Promise<string> {
    const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'));
    const manifest = await readFile(blobPath(layout, index.manifests[0].digest));
    this.layouts.add(layout);
    this.tags.set(`${name}:${tag}`, manifest);
    const digest = digestOf(manifest);
    this.tags.set(`${name}:${digest}`, manifest);
    return digest;
  }

  /** As if the publisher had removed it; what `restore` puts back. */
  withdraw(name: string, digest: string): Buffer | undefined {
    const manifest = this.tags.get(`${name}:${digest}`);
    this.tags.delete(`${name}:${digest}`);
    return manifest;
  }

  restore(name: string, manifest: Buffer | undefined): void {
    if (manifest !== undefined) this.tags.set(`${name}:${digestOf(manifest)}`, manifest);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, name = '', kind, reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/?]+)$/.exec(request.url ?? '') ?? [];
    if (kind === undefined) response.end('{}');
    else if (kind === 'manifests') this.manifest(request, response, `${name}:${reference}`);
    else if (this.blobsFail) refuse(response, 500, 'UNKNOWN');
    else await this.blob(response, reference);
  }

  private async blob(response: ServerResponse, digest: string): Promise<void> {
    for (const layout of this.layouts) {
      const path = blobPath(layout, digest);
      const found = await stat(path).catch(() => undefined);
      if (found === undefined) continue;
      response.setHeader('content-type', 'application/octet-stream');
      response.setHeader('content-length', found.size);
      this.openBlobs++;
      response.once('close', () => void this.openBlobs--);
      await this.give(response, path, this.blobsStall ? Math.floor(found.size / 2) : found.size);
      return;
    }
    refuse(response, 404, 'BLOB_UNKNOWN');
  }

  private async give(response: ServerResponse, path: string, bytes: number): Promise<void> {
    const isAll = bytes === (await stat(path)).size;
    const chunks = createReadStream(path, { highWaterMark: 1 << 16, end: bytes - 1 });
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      if (response.destroyed) return;
      response.write(chunk);
      const pauseMs = (chunk.length * 1_000) / (this.blobBytesPerSecond ?? Number.POSITIVE_INFINITY);
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    if (isAll) response.end();
  }

  private manifest(request: IncomingMessage, response: ServerResponse, key: string): void {
    const bytes = this.tags.get(key);
    if (bytes === undefined) {
      refuse(response, 404, 'MANIFEST_UNKNOWN');
      return;
    }
    response.setHeader('content-type', manifestType);
    response.setHeader('docker-content-digest', digestOf(bytes));
    response.setHeader('content-length', bytes.length);
    response.end(request.method === 'HEAD' ? undefined : bytes);
  }
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase().replaceAll('_', ' ') }] }));
}

function blobPath(layout: string, digest: string): string {
  return join(layout, 'blobs', ...digest.split(':'));
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
