import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A beacon node's answers, with one thing in them replaced. */
export interface LyingProvider {
  readonly url: string;
  close(): Promise<void>;
}

/** What it says otherwise than the node behind it: which network that is, or which blocks are on it. */
export type Lie = 'network' | 'roots';

const lies: Readonly<Record<Lie, (answer: string) => string>> = {
  network: (answer) =>
    answer.replace(/"genesis_validators_root":"0x[0-9a-f]{64}"/g, told('genesis_validators_root')),
  roots: (answer) => answer.replace(/"root":"0x[0-9a-f]{64}"/g, told('root')),
};

function told(field: string): string {
  return `"${field}":"0x${'dd'.repeat(32)}"`;
}

/** A checkpoint provider on this machine that passes on what a real beacon node answers, with a lie in it. */
export async function startLyingProvider(beaconUrl: string, lie: Lie): Promise<LyingProvider> {
  const server = createServer((request, response) => {
    void fetch(`${beaconUrl}${request.url}`, { headers: { accept: 'application/json' } }).then(
      async (answer) => {
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(lies[lie](await answer.text()));
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
