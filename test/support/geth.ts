import { spawn, spawnSync } from 'node:child_process';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rpc } from './ethereumjs.ts';
import { freePort } from './free-port.ts';
import { until } from './mayfly-process.ts';

export interface Geth {
  readonly rpcUrl: string;
  readonly engineUrl: string;
  readonly jwtPath: string;
  kill(): Promise<void>;
}

/** Starts the geth at `program` on a genesis of our own, without peers, and waits until it answers. */
export async function startGeth(program: string, directory: string, genesisPath: string): Promise<Geth> {
  await mkdir(directory, { recursive: true });
  const data = join(directory, 'data');
  const jwtPath = join(directory, 'jwt.hex');
  await writeFile(jwtPath, '5a'.repeat(32), { mode: 0o600 });
  const init = spawnSync(program, ['init', '--datadir', data, genesisPath], { encoding: 'utf8' });
  if (init.status !== 0) throw new Error(`geth init failed: ${init.stderr}`);
  const [rpcPort, enginePort] = [await freePort(), await freePort()];
  const log = await open(join(directory, 'geth.log'), 'a');
  const child = spawn(
    program,
    [
      `--datadir=${data}`,
      '--http',
      `--http.port=${rpcPort}`,
      `--authrpc.port=${enginePort}`,
      `--authrpc.jwtsecret=${jwtPath}`,
      '--syncmode=full',
      '--nodiscover',
      '--maxpeers=0',
      '--port=0',
      '--ipcdisable',
    ],
    { stdio: ['ignore', log.fd, log.fd] },
  );
  await log.close();
  const rpcUrl = `http://127.0.0.1:${rpcPort}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`geth exited with ${child.exitCode}: see ${directory}`);
    return rpc(rpcUrl, 'eth_chainId', []).then(
      () => true,
      () => false,
    );
  });
  return {
    rpcUrl,
    engineUrl: `http://127.0.0.1:${enginePort}`,
    jwtPath,
    kill: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}
