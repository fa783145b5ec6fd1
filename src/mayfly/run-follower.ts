import { startApiServer } from './api/api-server.ts';
import { createFollowerNode, type FollowerOptions } from './follower-node.ts';

export interface RunFollowerOptions extends FollowerOptions {
  readonly apiAddress: string;
  readonly apiPort: number;
}

/** Serves the API and follows until the signal. */
export async function runFollower(options: RunFollowerOptions): Promise<void> {
  const { apiAddress, apiPort, log } = options;
  const { api, follower, chain } = await createFollowerNode(options);
  await api.execution.probe();
  const server = await startApiServer({ node: api, address: apiAddress, port: apiPort });
  log.info('the Beacon API is served', { url: server.url, headSlot: chain.head.slot });
  try {
    await follower.run();
  } finally {
    await server.close();
  }
}
