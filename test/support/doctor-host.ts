import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../src/core/findings/finding.ts';
import { bundleFiles } from '../../src/core/network/bundle.ts';
import { readDefinitionFile } from '../../src/releases/definition-file.ts';
import { prepareRoot } from '../../src/storage/files/layout.ts';
import { rootPaths } from '../../src/storage/files/root-paths.ts';
import { EphemeryHome } from './ephemery-home.ts';
import { freePort } from './free-port.ts';
import { packFiles, writeTree } from './pack-release.ts';
import { syntheticRelease } from './synthetic-release.ts';

/** What may be other than on a host with which nothing is wrong. */
export interface HostChanges {
  /** Of the execution client, in YAML. */
  readonly execution?: string;
  readonly runtime?: string;
  /** Release sources, in YAML. */
  readonly sources?: string;
}

const iteration = 2;
const nothing = 'artifact: { kind: path, path: ./bin/nothing }';

/** A root with a node of its own network and ports that nobody else has, and the doctor who looks at it. */
export class DoctorHost {
  readonly home: EphemeryHome;
  readonly rpcPort: number;
  /** Of the doctor's own process, beside what is always there. */
  env: Readonly<Record<string, string>> = {};
  private readonly endings: (() => Promise<void>)[] = [];
  private readonly ports: { readonly execution: string; readonly consensus: string };

  static async create(): Promise<DoctorHost> {
    const home = await EphemeryHome.create();
    const ports = await Promise.all(Array.from({ length: 8 }, () => freePort()));
    const host = new DoctorHost(home, ports);
    await mkdir(join(home.folder, 'bin'));
    await writeFile(join(home.folder, 'bin/nothing'), '#!/bin/sh\necho 99.0.0\n', { mode: 0o755 });
    await prepareRoot(rootPaths(home.root));
    await host.change({});
    return host;
  }

  private constructor(
    home: EphemeryHome,
    [rpc = 0, engine, p2p, metrics, api, ...others]: readonly number[],
  ) {
    this.home = home;
    this.rpcPort = rpc;
    const [consensusP2p, quic, consensusMetrics] = others;
    this.ports = {
      execution: `ports: { rpc: ${rpc}, engine: ${engine}, p2p: ${p2p}, metrics: ${metrics} }`,
      consensus: `ports: { api: ${api}, p2p: ${consensusP2p}, quic: ${quic}, metrics: ${consensusMetrics} }`,
    };
  }

  /** Done by `tidy`, the last first: what a cause leaves running once it is no cause any more. */
  afterwards(end: () => Promise<void>): void {
    this.endings.push(end);
  }

  async tidy(): Promise<void> {
    for (const end of this.endings.splice(0).reverse()) await end();
  }

  file(name: string): string {
    return join(this.home.folder, name);
  }

  /** Writes the configuration, with everything that is not told as it should be. */
  async change({ execution, runtime = 'process', sources }: HostChanges): Promise<void> {
    const baseTimeSeconds = Math.floor(Date.now() / 86_400_000) * 86_400 - iteration * 86_400;
    await writeFile(
      this.file('network.yaml'),
      `name: own
baseTimeSeconds: ${baseTimeSeconds}
baseChainId: 7000000
periodSeconds: 86400
genesisDelaySeconds: 300
releaseSources: ${sources ?? '[{ kind: directory, path: ./published }]'}
`,
    );
    await writeFile(
      this.file('ephemery.yaml'),
      `version: 1
networks: { own: { file: ./network.yaml } }
nodes:
  home:
    network: own
    runtime: ${runtime}
    execution: { ${execution ?? `client: geth, ${nothing}, ${this.ports.execution}`} }
    consensus: { client: lighthouse, ${runtime === 'process' ? `${nothing}, ` : ''}${this.ports.consensus} }
`,
    );
  }

  /** Publishes the release of now and has it fetched; its only execution bootnode is this one. */
  async holdRelease(enode?: string): Promise<void> {
    const definition = await readDefinitionFile(this.file('network.yaml'));
    const files = syntheticRelease({ definition, iteration });
    if (enode !== undefined) files.set(bundleFiles.enodes, new TextEncoder().encode(`${enode}\n`));
    this.afterwards(async () => {
      for (const path of [this.file('published'), this.home.path('releases')])
        await rm(path, { recursive: true });
    });
    const folder = this.file(`published/own-${iteration}`);
    await writeTree(folder, files);
    await packFiles(join(folder, 'network-config.tar.gz'), files);
    await this.home.ask('network', 'fetch', 'own');
  }

  /** What the doctor of this root finds. */
  async doctor(): Promise<readonly Finding[]> {
    return doctorOf(this.home, this.env);
  }
}

/** Runs the command; it ends with code 3 exactly when something critical is among what it found. */
export async function doctorOf(
  home: EphemeryHome,
  env: Readonly<Record<string, string>> = {},
): Promise<readonly Finding[]> {
  const { code, stdout, stderr } = await home.start(['doctor'], { env }).ended;
  if (stdout === '') throw new Error(`the doctor said nothing and ended with ${code}: ${stderr}`);
  const findings = JSON.parse(stdout) as readonly Finding[];
  const expected = findings.some(({ severity }) => severity === 'critical') ? 3 : 0;
  if (code !== expected) throw new Error(`the doctor ended with ${code}, not ${expected}: ${stdout}`);
  return findings;
}
