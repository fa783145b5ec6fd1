import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyPair } from '../../src/chain/discovery/key-pair.ts';
import { bundleFiles } from '../../src/core/network/bundle.ts';
import type { ValidatorKey } from '../../src/mayfly/keys/validator-keys.ts';
import { writeKeystores } from './real-keystores.ts';

export interface ProducerPrograms {
  readonly geth: string;
  readonly beacon: string;
  readonly validator: string;
}

export interface ProducerPorts {
  readonly rpc: number;
  readonly engine: number;
  readonly executionP2p: number;
  readonly api: number;
  readonly grpc: number;
  readonly p2p: number;
  readonly quic: number;
}

export interface ProducerOptions {
  readonly folder: string;
  readonly programs: ProducerPrograms;
  readonly ports: ProducerPorts;
  readonly executionKey: KeyPair;
  readonly consensusKey: KeyPair;
  readonly keys: readonly ValidatorKey[];
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/**
 * Somebody else's node, which produces the network: Geth, Prysm and Prysm's validator client, started by hand and not
 * by the catalogue, so that the catalogue is held against something that is not of its own making.
 */
export class RealProducer {
  private readonly options: ProducerOptions;
  private running: ChildProcess[] = [];

  constructor(options: ProducerOptions) {
    this.options = options;
  }

  get beaconUrl(): string {
    return `http://127.0.0.1:${this.options.ports.api}`;
  }

  get executionUrl(): string {
    return `http://127.0.0.1:${this.options.ports.rpc}`;
  }

  /** What outlives iterations: node keys, and a wallet with its keys. */
  async prepare(): Promise<void> {
    const { folder, consensusKey, keys } = this.options;
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'jwt.hex'), 'ab'.repeat(32));
    await writeFile(join(folder, 'network-key'), hex(consensusKey.secret));
    await writeKeystores(folder, keys);
    const wallet = [
      `--wallet-dir=${join(folder, 'wallet')}`,
      `--wallet-password-file=${join(folder, 'password.txt')}`,
    ];
    await this.task('validator', [
      ...['wallet', 'create', '--keymanager-kind=imported', '--accept-terms-of-use', ...wallet],
    ]);
    await this.task('validator', [
      ...['accounts', 'import', '--accept-terms-of-use', ...wallet],
      `--keys-dir=${join(folder, 'keystores')}`,
      `--account-password-file=${join(folder, 'password.txt')}`,
    ]);
  }

  /** Produces the network of a release, in a new folder; what produced the one before is killed. */
  async produce(release: string, config: string): Promise<void> {
    await this.stop();
    const { folder, ports, executionKey } = this.options;
    const data = join(folder, `data-${Date.now()}`);
    await mkdir(data);
    const own = join(data, 'config.yaml');
    await writeFile(own, config);
    await this.task('geth', ['init', `--datadir=${data}/geth`, join(release, bundleFiles.executionGenesis)]);
    this.start('geth', [
      ...[`--datadir=${data}/geth`, '--syncmode=full', '--ipcdisable', '--nat=extip:127.0.0.1'],
      ...[`--nodekeyhex=${hex(executionKey.secret)}`, `--port=${ports.executionP2p}`],
      ...['--bootnodes=', '--http', `--http.port=${ports.rpc}`, '--http.api=eth,net,admin'],
      ...[`--authrpc.port=${ports.engine}`, `--authrpc.jwtsecret=${join(folder, 'jwt.hex')}`],
      `--networkid=${chainIdOf(config)}`,
    ]);
    this.start('beacon', [
      ...['--accept-terms-of-use', `--datadir=${data}/beacon`, `--chain-config-file=${own}`],
      ...[`--genesis-state=${join(release, bundleFiles.consensusGenesis)}`, '--contract-deployment-block=0'],
      ...[`--execution-endpoint=http://127.0.0.1:${ports.engine}`, `--jwt-secret=${join(folder, 'jwt.hex')}`],
      ...[
        `--p2p-priv-key=${join(folder, 'network-key')}`,
        '--p2p-host-ip=127.0.0.1',
        '--p2p-local-ip=127.0.0.1',
      ],
      ...['--min-sync-peers=0'],
      ...[`--p2p-tcp-port=${ports.p2p}`, `--p2p-udp-port=${ports.p2p}`, `--p2p-quic-port=${ports.quic}`],
      ...[
        `--http-port=${ports.api}`,
        `--rpc-port=${ports.grpc}`,
        '--disable-monitoring',
        '--bootstrap-node=',
      ],
      '--subscribe-all-data-subnets',
    ]);
    this.start('validator', [
      ...['--accept-terms-of-use', `--datadir=${data}/validator`, `--chain-config-file=${own}`],
      ...[`--wallet-dir=${join(folder, 'wallet')}`, `--wallet-password-file=${join(folder, 'password.txt')}`],
      ...[
        `--beacon-rpc-provider=127.0.0.1:${ports.grpc}`,
        '--disable-monitoring',
        '--graffiti=of a producer',
      ],
      `--suggested-fee-recipient=0x${'bb'.repeat(20)}`,
    ]);
  }

  async stop(): Promise<void> {
    const running = this.running;
    this.running = [];
    for (const child of running) child.kill('SIGKILL');
    await Promise.all(running.map(ended));
  }

  private start(program: keyof ProducerPrograms, args: readonly string[]): void {
    const log = openSync(join(this.options.folder, `${program}.log`), 'a');
    this.running.push(spawn(this.options.programs[program], [...args], { stdio: ['ignore', log, log] }));
    closeSync(log);
  }

  private async task(program: keyof ProducerPrograms, args: readonly string[]): Promise<void> {
    const log = await open(join(this.options.folder, `${program}.log`), 'a');
    const child = spawn(this.options.programs[program], [...args], { stdio: ['ignore', log.fd, log.fd] });
    const code = await ended(child);
    await log.close();
    if (code !== 0) throw new Error(`${program} ${args[0]} ended with ${code}: see ${this.options.folder}`);
  }
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

function chainIdOf(config: string): string {
  return /^DEPOSIT_CHAIN_ID: (\d+)/m.exec(config)?.[1] ?? '';
}
