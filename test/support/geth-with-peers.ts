import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { rpc } from './ethereumjs.ts';
import { freePort } from './free-port.ts';
import { until } from './mayfly-process.ts';

export interface GethWithPeers {
  readonly rpcUrl: string;
  readonly p2pPort: number;
  readonly enode: string;
  readonly enr: string;
  stop(): Promise<void>;
}

/** Starts a geth that finds and is found on loopback, on a network of nobody, with at most `maxPeers`. */
export async function startGethWithPeers(
  program: string,
  directory: string,
  maxPeers = 10,
): Promise<GethWithPeers> {
  const [rpcPort, enginePort, p2pPort] = [await freePort(), await freePort(), await freePort()];
  const log = await open(join(directory, 'geth.log'), 'a');
  const child = spawn(
    program,
    [
      `--datadir=${join(directory, 'data')}`,
      '--networkid=7331',
      `--port=${p2pPort}`,
      `--discovery.port=${p2pPort}`,
      '--nat=extip:127.0.0.1',
      '--discovery.v4',
      '--discovery.v5',
      '--bootnodes=',
      `--maxpeers=${maxPeers}`,
      '--http',
      `--http.port=${rpcPort}`,
      '--http.api=eth,net,admin,web3',
      `--authrpc.port=${enginePort}`,
      '--syncmode=full',
      '--ipcdisable',
    ],
    { stdio: ['ignore', log.fd, log.fd] },
  );
  await log.close();
  const rpcUrl = `http://127.0.0.1:${rpcPort}`;
  let info: { readonly enode: string; readonly enr: string } | undefined;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`geth exited with ${child.exitCode}: see ${directory}`);
    info = await rpc(rpcUrl, 'admin_nodeInfo', []).then(
      (answer) => answer as { enode: string; enr: string },
      () => undefined,
    );
    return info !== undefined;
  });
  const { enode = '', enr = '' } = info ?? {};
  const stop = () =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve();
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
  return { rpcUrl, p2pPort, enode, enr, stop };
}
