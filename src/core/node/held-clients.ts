import type { DesiredClient, DesiredNode, NodeLayer } from './desired.ts';
import type { ObservedNode } from './observed.ts';

/** A node while programs of it cannot be had: what runs already is what is wanted, as another could not be started. */
export function withHeldClients(desired: DesiredNode, observed: ObservedNode): DesiredNode {
  const held = <C extends DesiredClient>(layer: NodeLayer, client: C): C => {
    const { runs, starting } = observed.journal;
    const run = runs[layer] ?? starting[layer];
    if (client.missing === undefined || run === undefined) return client;
    return { ...client, client: run.client, fingerprint: run.fingerprint };
  };
  const { execution, consensus, validator } = desired;
  return {
    ...desired,
    execution: held('execution', execution),
    consensus: held('consensus', consensus),
    ...(validator === undefined ? {} : { validator: held('validator', validator) }),
  };
}
