import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDefinitionFile } from '../../src/releases/definition-file.ts';
import { type Releaser, startReleaser } from '../../src/releases/serve/releaser.ts';
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome, type Finished } from '../support/ephemery-home.ts';
import { missingProgram } from '../support/missing-program.ts';
import { writeReleaseFolder } from '../support/pack-release.ts';
import { syntheticRelease } from '../support/synthetic-release.ts';

const run = promisify(execFile);
const iteration = 3;
const host = 'releases.invalid';
const password = 'tunnel-pass-71';

/** A host of releases by TLS alone, whose name nobody can resolve, behind a proxy that wants credentials. */
describeIf(missingProgram('openssl'))('releases by HTTPS behind a proxy', () => {
  let home: EphemeryHome;
  let releaser: Releaser;
  let server: Server;
  let proxy: ConnectProxy;
  let tlsPort: number;

  beforeAll(async () => {
    home = await EphemeryHome.create();
    await writeNetwork(host);
    const definition = await readDefinitionFile(join(home.folder, 'network.yaml'));
    await writeReleaseFolder(
      join(home.folder, `served/own-${iteration}`),
      syntheticRelease({ definition, iteration }),
    );
    releaser = await startReleaser({ folder: join(home.folder, 'served') });
    const [key, cert] = await certificate();
    server = createServer({ key, cert }, (client) => {
      const upstream = connect(Number(new URL(releaser.url).port), '127.0.0.1');
      for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
      client.pipe(upstream).pipe(client);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    tlsPort = (server.address() as { readonly port: number }).port;
    proxy = await startConnectProxy({ to: tlsPort, credentials: `operator:${password}` });
  });

  afterAll(async () => {
    await proxy?.close();
    server?.close();
    await releaser?.close();
    await home?.close();
  });

  async function writeNetwork(name: string): Promise<void> {
    const baseTimeSeconds = Math.floor(Date.now() / 86_400_000) * 86_400 - iteration * 86_400;
    await writeFile(
      join(home.folder, 'network.yaml'),
      `name: own
baseTimeSeconds: ${baseTimeSeconds}
baseChainId: 7000000
periodSeconds: 86400
releaseSources: [{ kind: github, url: "https://${name}/owner/repository" }]
`,
    );
    await writeFile(
      join(home.folder, 'ephemery.yaml'),
      'version: 1\nnetworks: { own: { file: ./network.yaml } }\nnodes: {}\n',
    );
  }

  async function certificate(): Promise<readonly [Buffer, Buffer]> {
    const [key, cert] = [join(home.folder, 'key.pem'), join(home.folder, 'cert.pem')];
    await run('openssl', [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host},DNS:localhost`],
      ...['-keyout', key, '-out', cert],
    ]);
    return [await readFile(key), await readFile(cert)];
  }

  interface Way {
    readonly credentials?: string;
    readonly env?: Readonly<Record<string, string>>;
  }

  /** Fetches with everything logged. The credentials must stand nowhere in what is said. */
  async function fetchBy({ credentials = `operator:${password}`, env = {} }: Way = {}): Promise<Finished> {
    const url = `http://${credentials}@127.0.0.1:${proxy.port}`;
    const ended = await home.start(['network', 'fetch', 'own', '--refresh', '--log-level', 'debug'], {
      env: { HTTPS_PROXY: url, NODE_EXTRA_CA_CERTS: join(home.folder, 'cert.pem'), ...env },
    }).ended;
    const said = ended.stdout + ended.stderr;
    const secret = credentials.split(':')[1] ?? '';
    expect(said).not.toContain(secret);
    expect(said).not.toContain(Buffer.from(credentials).toString('base64'));
    return ended;
  }

  const askedMeanwhile = async (act: () => Promise<Finished>) => {
    const before = proxy.asked.length;
    const ended = await act();
    return { ended, asked: proxy.asked.slice(before) };
  };

  it('are fetched by a tunnel through it', async () => {
    const { ended, asked } = await askedMeanwhile(() => fetchBy());
    expect(ended.code, ended.stderr + ended.stdout).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ outcome: 'held' });
    expect(new Set(asked)).toEqual(new Set([`${host}:443`]));
  });

  it('are not fetched with a certificate that nobody vouches for', async () => {
    const { ended, asked } = await askedMeanwhile(() => fetchBy({ env: { NODE_EXTRA_CA_CERTS: '' } }));
    expect(ended.code).toBe(1);
    expect(ended.stdout + ended.stderr).toMatch(/self.signed certificate/);
    expect(asked).not.toEqual([]);
  });

  it('are not fetched with credentials that it refuses, which are told nowhere', async () => {
    const { ended, asked } = await askedMeanwhile(() => fetchBy({ credentials: 'operator:wrong-pass-38' }));
    expect(ended.code).toBe(1);
    expect(ended.stdout + ended.stderr).toContain('407');
    expect(asked).not.toEqual([]);
  });

  it.each([
    ['on a port where nobody is', '127.0.0.1:1', 'did not answer'],
    ['by an address that is none', '127.0.0.1:none', 'HTTPS_PROXY in the environment is no'],
  ])('are not fetched by a proxy %s, and its credentials are told nowhere', async (_, address, says) => {
    const HTTPS_PROXY = `http://operator:${password}@${address}`;
    const ended = await fetchBy({ env: { HTTPS_PROXY } });
    expect(ended.code).toBe(1);
    expect(ended.stdout + ended.stderr).toContain(says);
  });

  it.each([host, '.invalid', '*'])('are asked for directly with NO_PROXY=%s', async (NO_PROXY) => {
    const { ended, asked } = await askedMeanwhile(() => fetchBy({ env: { NO_PROXY } }));
    expect(asked).toEqual([]);
    expect(ended.code).toBe(1);
    expect(ended.stdout + ended.stderr).toContain(host);
  });

  it('are fetched directly where the host needs no proxy', async () => {
    await writeNetwork(`localhost:${tlsPort}`);
    const { ended, asked } = await askedMeanwhile(() => fetchBy());
    expect(ended.code, ended.stderr + ended.stdout).toBe(0);
    expect(asked).toEqual([]);
  });
});
