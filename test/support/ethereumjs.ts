import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { freePort } from './free-port.ts';

export interface EthereumJs {
  readonly rpcUrl: string;
  readonly engineUrl: string;
  readonly jwtPath: string;
  readonly rpcPort: number;
  readonly enginePort: number;
  /** SIGSTOP makes it hang, SIGCONT go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** SIGKILL, and resolves once it is gone. */
  kill(): Promise<void>;
}

export interface EthereumJsOptions {
  readonly rpcPort?: number;
  readonly enginePort?: number;
  readonly p2pPort?: number;
  readonly preload?: string;
}

/** Starts the execution client on these folders and waits until it answers. */
export async function startEthereumJs(
  directory: string,
  genesisPath: string,
  { preload, ...ports }: EthereumJsOptions = {},
): Promise<EthereumJs> {
  await mkdir(directory, { recursive: true });
  const jwtPath = join(directory, 'jwt.hex');
  await writeFile(jwtPath, '11'.repeat(32));
  const [freeP2p, freeRpc, freeEngine] = await Promise.all([freePort(), freePort(), freePort()]);
  const { p2pPort: port = freeP2p, rpcPort = freeRpc, enginePort = freeEngine } = ports;
  const log = await open(join(directory, 'ethereumjs.out'), 'a');
  const child = spawn(
    process.execPath,
    [
      ...(preload === undefined ? [] : [`--import=${preload}`]),
      clientPath(),
      `--dataDir=${join(directory, 'data')}`,
      `--gethGenesis=${genesisPath}`,
      ...['--rpc', `--rpcPort=${rpcPort}`, '--rpcAddr=127.0.0.1'],
      ...['--rpcEngine', `--rpcEnginePort=${enginePort}`, '--rpcEngineAddr=127.0.0.1'],
      ...[`--jwtSecret=${jwtPath}`, `--port=${port}`, '--logLevel=warn'],
      ...['--discV4=false', '--discDns=false', '--bootnodes='],
    ],
    { cwd: directory, stdio: ['ignore', log.fd, log.fd] },
  );
  await log.close();
  const client = {
    rpcUrl: `http://127.0.0.1:${rpcPort}`,
    engineUrl: `http://127.0.0.1:${enginePort}`,
    jwtPath,
    rpcPort,
    enginePort,
    signal: (name: NodeJS.Signals) => void child.kill(name),
    kill: () => killed(child),
  };
  await untilAnswering(client.rpcUrl, child);
  return client;
}

/** One JSON-RPC call; the result as it came. */
export async function rpc(url: string, method: string, params: unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal: AbortSignal.timeout(10_000),
  });
  const reply = (await response.json()) as { result?: unknown };
  return reply.result;
}

function clientPath(): string {
  const entry = createRequire(import.meta.url).resolve('@ethereumjs/client');
  const root = entry.slice(0, entry.lastIndexOf('/dist/'));
  return join(dirname(join(root, 'package.json')), 'dist/esm/bin/cli.js');
}

async function untilAnswering(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`EthereumJS exited with ${child.exitCode}`);
    const id = await rpc(url, 'eth_chainId', []).catch(() => undefined);
    if (id !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('EthereumJS does not answer');
}

function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
