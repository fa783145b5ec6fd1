import type { DesiredClient, DesiredNode, NodeLayer } from './desired.ts';
import type { IntendedRun } from './journal-entry.ts';
import type { ObservedNode } from './observed.ts';

/** A node while programs of it cannot be had: what runs already is what is wanted, as another could not be started. */
export function withHeldClients(desired: DesiredNode, observed: ObservedNode): DesiredNode {
  const { validator } = desired;
  return {
    ...desired,
    ...heldPair(desired, observed),
    ...(validator === undefined ? {} : { validator: held(validator, runIn(observed, 'validator')) }),
  };
}

/** Two clients that run as one program, or are to, are held together: neither is changed without the other. */
function heldPair(
  { execution, consensus }: DesiredNode,
  observed: ObservedNode,
): Pick<DesiredNode, 'execution' | 'consensus'> {
  const run = runIn(observed, 'execution');
  const isAnyMissing = execution.missing === true || consensus.missing === true;
  if (isAnyMissing && run?.carries !== undefined) {
    const host = 'execution';
    return {
      execution: asRun(execution, run),
      consensus: { ...consensus, client: run.carries, host },
    };
  }
  const before = runIn(observed, 'consensus');
  // What runs now is no program that carries another.
  const { host: _, ...own } = consensus;
  const isHeld = execution.missing === true && (run !== undefined || before !== undefined);
  return {
    execution: held(execution, run),
    consensus: held(isHeld ? own : consensus, before),
  };
}

function runIn({ journal }: ObservedNode, layer: NodeLayer): IntendedRun | undefined {
  return journal.runs[layer] ?? journal.starting[layer];
}

function held<C extends DesiredClient>(client: C, run: IntendedRun | undefined): C {
  return client.missing === undefined || run === undefined ? client : asRun(client, run);
}

function asRun<C extends DesiredClient>(client: C, { client: id, fingerprint }: IntendedRun): C {
  return { ...client, client: id, fingerprint };
}
