import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type DoctorCause, listening } from './doctor-causes.ts';
import type { DoctorHost } from './doctor-host.ts';
import { type EthereumJs, type EthereumJsOptions, rpc, startEthereumJs } from './ethereumjs.ts';
import { freePort } from './free-port.ts';

/** Documentation's own (RFC 5737): public by its form, and nobody's. Somebody between says it for the client. */
const outerHost = '203.0.113.7';

/** What a real execution client says of itself, and who answers for it. */
export const peerCauses: readonly DoctorCause[] = [
  {
    code: 'EPH-PEERS-BOOTNODES-DEAD',
    what: 'the only execution bootnode of the release hangs',
    layer: 'execution',
    says: () => 'None of the 1 execution bootnodes of own answered',
    bring: async (host) => {
      const p2pPort = await freePort();
      const client = await started(host, { p2pPort });
      await host.holdRelease(`${(await enodeOf(client)).split('@')[0]}@127.0.0.1:${p2pPort}`);
      client.signal('SIGSTOP');
      return async () => client.signal('SIGCONT');
    },
  },
  {
    code: 'EPH-PEERS-ADDRESS',
    what: 'the client announces an address of nowhere',
    says: () => 'The execution client announces 0.0.0.0, which is unspecified',
    bring: announcing,
  },
  {
    code: 'EPH-PEERS-FORWARD',
    what: 'nobody has called the client from outside',
    says: () => 'Nobody has called the execution client from outside so far',
    bring: announcing,
  },
  {
    code: 'EPH-PEERS-PORT-CLOSED',
    what: 'nobody answers at the public address that the client announces',
    says: () => `The execution client announces ${outerHost}:`,
    bring: async (host) => {
      const { rpcUrl } = await started(host, {});
      const server = createServer(async (request, response) => {
        const answer = await fetch(rpcUrl, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: await text(request),
        });
        response.setHeader('content-type', 'application/json');
        response.end((await answer.text()).replaceAll('0.0.0.0', outerHost));
      });
      await listening(server, host.rpcPort);
      return () => new Promise((resolve) => server.close(() => resolve()));
    },
  },
];

/** The client on the port where the node's own would be; the way back is its end. */
async function announcing(host: DoctorHost): Promise<() => Promise<void>> {
  const client = await started(host, { rpcPort: host.rpcPort });
  return () => client.kill();
}

async function started(host: DoctorHost, options: EthereumJsOptions): Promise<EthereumJs> {
  const folder = await genesisFolder(host);
  const client = await startEthereumJs(join(folder, 'client'), join(folder, 'genesis.json'), options);
  host.afterwards(() => client.kill());
  return client;
}

async function enodeOf({ rpcUrl }: EthereumJs): Promise<string> {
  return ((await rpc(rpcUrl, 'admin_nodeInfo', [])) as { readonly enode: string }).enode;
}

async function genesisFolder(host: DoctorHost): Promise<string> {
  const folder = await mkdtemp(host.file('execution-'));
  const forks = ['homestead', 'eip150', 'eip155', 'eip158', 'byzantium', 'constantinople', 'petersburg'];
  const blocks = [...forks, 'istanbul', 'berlin', 'london', 'mergeNetsplit'].map((name) => [
    `${name}Block`,
    0,
  ]);
  const genesis = {
    config: { chainId: 7_331, ...Object.fromEntries(blocks), terminalTotalDifficulty: 0, shanghaiTime: 0 },
    ...{ nonce: '0x1234', timestamp: '0x1', extraData: '0x', gasLimit: '0x1c9c380', difficulty: '0x0' },
    ...{ mixHash: `0x${'00'.repeat(32)}`, coinbase: `0x${'00'.repeat(20)}`, alloc: {} },
  };
  await writeFile(join(folder, 'genesis.json'), JSON.stringify(genesis));
  return folder;
}
