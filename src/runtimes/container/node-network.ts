import { type ContainerNames, labels } from './container-names.ts';
import type { Engine } from './engine.ts';
import { statusOf, unlessMissing } from './engine-refusal.ts';

/** Makes the network of a node unless it is there: its units find one another in it, by name, and nobody else does. */
export async function ensureNodeNetwork(engine: Engine, names: ContainerNames, node: string): Promise<void> {
  const name = names.network(node);
  const there = await engine.ask((docker) => unlessMissing(docker.getNetwork(name).inspect()));
  if (there !== undefined) return;
  await engine
    .ask((docker, abortSignal) =>
      docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        Labels: { [labels.root]: names.rootId, [labels.rootPath]: names.rootPath, [labels.node]: node },
        abortSignal,
      }),
    )
    .catch((thrown: unknown) => {
      // Another unit of the node was faster.
      if (statusOf(thrown) !== 409) throw thrown;
    });
}
