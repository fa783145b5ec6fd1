import { startApiServer } from './api/api-server.ts';
import { withChaos } from './chaos/chaos-routes.ts';
import { createProducerNode, type ProducerOptions } from './producer-node.ts';
import { runSlotLoop } from './production/slot-loop.ts';

export interface RunProducerOptions extends ProducerOptions {
  readonly apiAddress: string;
  readonly apiPort: number;
  readonly signal: AbortSignal;
}

/** Serves the API and produces by the clock until the signal. */
export async function runProducer(options: RunProducerOptions): Promise<void> {
  const { network, clock, log, signal, apiAddress, apiPort } = options;
  const node = await createProducerNode(options);
  await node.execution.probe();
  const server = await startApiServer({
    node: node.api,
    address: apiAddress,
    port: apiPort,
    ...withChaos(node.chaos, clock),
  });
  log.info('the Beacon API is served', { url: server.url, headSlot: node.chain.head.slot });
  try {
    await runSlotLoop({
      producer: node.producer,
      times: { genesisMs: network.genesisTimeSeconds * 1000, slotMs: network.slotMs },
      clock,
      log,
      signal,
      onSlot: ({ outcome, ...done }) => log.debug('a slot ended', { ...done, outcome: outcome.kind }),
    });
  } finally {
    await server.close();
    await node.chaos.settled();
  }
}
