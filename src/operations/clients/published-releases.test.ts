import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArtifactHost } from '../../../test/support/artifact-host.ts';
import { systemClock } from '../../base/clock.ts';
import { archives, everywhere } from '../../core/clients/archives.ts';
import type { ClientDefinition } from '../../core/clients/client.ts';
import { caplinEmbedded } from '../../core/clients/consensus/caplin-embedded.ts';
import { mayfly } from '../../core/clients/consensus/mayfly.ts';
import { geth } from '../../core/clients/execution/geth.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import { listClients } from '../list-clients.ts';
import type { ClientInUse } from './clients-in-use.ts';
import { withPublished } from './published-releases.ts';

let host: ArtifactHost;
let folder: string;
let page: string;

beforeEach(async () => {
  host = await ArtifactHost.start();
  page = host.release('toy/toy', 'v2.0.0');
  folder = await mkdtemp(join(tmpdir(), 'ephemery-published-'));
});

afterEach(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

/** A client of the catalogue whose archives are on our host. */
function toy(more: Parameters<typeof archives>[2] = {}): ClientDefinition {
  const archive = { url: `${page}/download/v{version}/toy.tar.gz`, format: 'tar.gz', bin: 'toy' } as const;
  return { ...geth, defaultVersion: '1.9.0', artifacts: [archives(everywhere(''), () => archive, more)] };
}

const servicesOf = (clients: readonly ClientDefinition[]) => ({
  clients,
  refusedClients: [],
  runtimeIds: ['process'],
  clock: systemClock,
  host: { env: {}, platform: 'linux' as const, workingDirectory: folder, program: [], version: '0' },
  paths: rootPaths(join(folder, 'root')),
});

const sha256 = 'ab'.repeat(32);
const inUse: ClientInUse = { node: 'home', layer: 'execution', client: 'geth', installed: 'no' };

async function asked(
  clients: readonly ClientDefinition[],
  {
    nodes = [],
    signal = new AbortController().signal,
  }: { nodes?: readonly ClientInUse[]; signal?: AbortSignal } = {},
) {
  const services = servicesOf(clients);
  const told: string[] = [];
  const report = { ...listClients(services), nodes };
  const found = await withPublished(services, { report, signal, onProgress: (doing) => told.push(doing) });
  return { ...found, told };
}

const configure = (execution: string) =>
  writeFile(
    join(folder, 'ephemery.yaml'),
    `version: 1\nnodes: { home: { network: devnet, runtime: process, execution: ${execution}, consensus: { client: mayfly } } }\n`,
  );

describe('what is published, beside the catalogue', () => {
  it('is the newest release of each client, and why there is none of others', async () => {
    const { clients, told } = await asked([toy(), mayfly]);
    expect(clients[0]).toMatchObject({
      id: 'geth',
      defaultVersion: '1.9.0',
      published: {
        version: '2.0.0',
        tag: 'v2.0.0',
        address: `${page}/tag/v2.0.0`,
        isNewer: true,
        pinBy: 'version',
      },
    });
    expect(clients[1]?.published).toEqual({ unknown: 'it comes as part of Ephemery Node' });
    const { clients: hosted } = await asked([toy(), caplinEmbedded]);
    expect(hosted[1]?.published).toEqual({ unknown: 'it is a part of erigon' });
    expect(told).toEqual(['Asking for published releases: 1 of 1']);
  });

  it('is asked once of a place, for two layers and a node', async () => {
    await configure('{ client: geth }');
    const nodes = [{ ...inUse, pinned: '2.0.0' }];
    const found = await asked([toy(), { ...toy(), layer: 'validator' }, mayfly], { nodes });
    expect(host.asked).toEqual(['/toy/toy/releases/latest']);
    expect(found.clients.map(({ published }) => 'isNewer' in published && published.isNewer)).toEqual([
      true,
      true,
      false,
    ]);
    expect(found.nodes[0]?.published).toMatchObject({ version: '2.0.0', isNewer: false });
  });

  it('tells that a file must be named where its name holds a commit that nobody knows', async () => {
    const { clients } = await asked([toy({ commits: { '1.9.0': 'abc' } }), mayfly]);
    expect(clients[0]?.published).toMatchObject({ version: '2.0.0', pinBy: 'artifact' });
  });

  it('is of the archive that a node has of its own', async () => {
    const own = host.release('me/fork', 'v3.1.0');
    const url = `${own}/download/v{version}/toy.tar.gz`;
    await configure(
      `{ client: geth, version: "3.0.0", artifact: { kind: archive, url: "${url}", bin: toy, sha256: "${sha256}" } }`,
    );
    const { nodes } = await asked([toy(), mayfly], { nodes: [inUse] });
    expect(nodes[0]?.published).toMatchObject({
      version: '3.1.0',
      isNewer: true,
      pinBy: 'artifact',
      address: `${own}/tag/v3.1.0`,
    });
  });

  it.each([
    ['{ kind: path, path: /opt/toy }', 'it is a program of your own'],
    [
      `{ kind: archive, url: "http://127.0.0.1:1/toy-{version}.tar.gz", bin: toy, sha256: "${sha256}" }`,
      'the address of its own archive belongs to no page of releases',
    ],
  ])('is unknown of a node with %s', async (artifact, unknown) => {
    await configure(`{ client: geth, version: "3.0.0", artifact: ${artifact} }`);
    const { nodes } = await asked([toy(), mayfly], { nodes: [inUse] });
    expect(nodes[0]?.published).toEqual({ unknown });
  });

  it('is newer than no build that tells no number', async () => {
    await configure('{ client: geth, version: main }');
    const { nodes } = await asked([toy(), mayfly], { nodes: [inUse] });
    expect(nodes[0]?.published).toMatchObject({ isNewer: false });
  });

  it('is unknown when nobody answers, and that is no failure', async () => {
    await host.close();
    const { clients } = await asked([toy(), mayfly]);
    expect(clients[0]?.published).toEqual({ unknown: expect.stringContaining('ECONNREFUSED') });
  });

  it('is given up on a signal', async () => {
    const reason = new Error('given up');
    await expect(asked([toy(), mayfly], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(host.asked).toEqual([]);
  });
});
