import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';

export interface PublishedPackage {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  /** Content of the program `bin.mjs`. */
  readonly program: string;
}

export interface NpmRegistry {
  readonly url: string;
  /** Makes a version available, or replaces it. */
  publish(pack: PublishedPackage): Promise<void>;
  close(): Promise<void>;
}

/** An npm registry on a free port of this machine, with the packages that were published to it. */
export async function startNpmRegistry(): Promise<NpmRegistry> {
  const packages = new Map<string, Map<string, { manifest: object; tarball: Buffer }>>();
  const server = createServer((request, response) => {
    const [, name = '', file] = (request.url ?? '').split('/');
    const versions = packages.get(decodeURIComponent(name));
    if (versions === undefined) return response.writeHead(404).end('{}');
    if (file !== undefined) return response.end(versions.get(file.replace(/\.tgz$/, ''))?.tarball);
    const manifests = [...versions].map(([version, { manifest }]) => [version, manifest]);
    const latest = [...versions.keys()].at(-1);
    response.writeHead(200, { 'content-type': 'application/json' });
    return response.end(
      JSON.stringify({ name, 'dist-tags': { latest }, versions: Object.fromEntries(manifests) }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    publish: async (pack) => {
      const { program: _, ...manifest } = pack;
      const tarball = await packed(pack);
      const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
      const dist = { tarball: `${url}/${pack.name}/${pack.version}.tgz`, integrity };
      const versions = packages.get(pack.name) ?? new Map();
      versions.set(pack.version, { manifest: { ...manifest, dist }, tarball });
      packages.set(pack.name, versions);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function packed({ program, ...manifest }: PublishedPackage): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'ephemery-pack-'));
  try {
    await mkdir(join(folder, 'package'));
    await writeFile(join(folder, 'package', 'package.json'), JSON.stringify(manifest));
    await writeFile(join(folder, 'package', 'bin.mjs'), program);
    await create({ cwd: folder, file: join(folder, 'p.tgz'), gzip: true, portable: true }, ['package']);
    return await readFile(join(folder, 'p.tgz'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
