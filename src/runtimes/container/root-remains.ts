import type { RuntimeRemains } from '../runtime.ts';
import { type ContainerNames, labels } from './container-names.ts';
import type { Engine } from './engine.ts';
import { statusOf } from './engine-refusal.ts';

const endedStates = new Set(['exited', 'stopped', 'dead', 'created', 'configured']);

/** Containers and networks that carry the label of one root; those of other roots and other people are never seen. */
export function rootRemains(engine: Engine, names: ContainerNames): RuntimeRemains {
  const filters = { label: [`${labels.root}=${names.rootId}`] };
  const containers = () =>
    engine.ask((docker, abortSignal) => docker.listContainers({ all: true, filters, abortSignal }));
  const networks = () =>
    engine.ask((docker, abortSignal) =>
      docker.listNetworks({ filters: JSON.stringify(filters), abortSignal }),
    );
  return {
    list: async () => {
      if (!(await engine.isSettled())) return [];
      const found = [
        ...(await containers()).flatMap(({ Names }) => Names),
        ...(await networks()).map(({ Name }) => Name),
      ];
      return [...new Set(found.map((name) => name.replace(/^\//, '')))].sort();
    },
    remove: async () => {
      if (!(await engine.isSettled())) return;
      for (const { Id, State } of await containers())
        if (endedStates.has(State))
          await unlessRefused(engine.ask((docker) => docker.getContainer(Id).remove()));
      for (const { Id } of await networks())
        await unlessRefused(engine.ask((docker) => docker.getNetwork(Id).remove()));
    },
  };
}

/** What is in use stays, and so what an engine refuses to remove. */
async function unlessRefused(asking: Promise<unknown>): Promise<void> {
  await asking.catch((thrown: unknown) => {
    if (statusOf(thrown) === undefined) throw thrown;
  });
}
