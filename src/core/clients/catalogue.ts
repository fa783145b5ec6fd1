import type { EphemeryError } from '../../base/errors.ts';
import { type ForkName, reachesFork } from '../network/forks.ts';
import type { ClientDefinition, Layer } from './client.ts';
import { clientErrors } from './errors.ts';

/** The clients that we know how to run. */
export interface Catalogue {
  readonly all: readonly ClientDefinition[];
  of(layer: Layer): readonly ClientDefinition[];
  /** Throws EPH-CLIENT-UNKNOWN. */
  get(layer: Layer, id: string): ClientDefinition;
}

/** Throws a plain Error when two entries share layer and id: that is a defect of the registry. */
export function createCatalogue(definitions: readonly ClientDefinition[]): Catalogue {
  const keys = definitions.map((definition) => `${definition.layer} ${definition.id}`);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw new Error(`the catalogue holds two entries for ${twice}`);
  const of = (layer: Layer) => definitions.filter((definition) => definition.layer === layer);
  return {
    all: definitions,
    of,
    get(layer, id) {
      const found = of(layer).find((definition) => definition.id === id);
      if (found !== undefined) return found;
      const known = of(layer).map((definition) => definition.id);
      throw clientErrors.create('EPH-CLIENT-UNKNOWN', { layer, client: id, known });
    },
  };
}

export interface ChosenClient {
  readonly definition: ClientDefinition;
  readonly version: string;
}

/** The clients of a node that do not reach the highest fork of an iteration, each as the error that says why. */
export function clientsBehind(
  chosen: readonly ChosenClient[],
  bundle: { readonly highestFork: ForkName; readonly identity: { readonly iteration: number } },
): readonly EphemeryError[] {
  return chosen
    .filter(({ definition, version }) => !reachesFork(definition.highestFork(version), bundle.highestFork))
    .map(({ definition, version }) =>
      clientErrors.create('EPH-CLIENT-FORK-BEHIND', {
        client: definition.displayName,
        version,
        reaches: definition.highestFork(version),
        needed: bundle.highestFork,
        iteration: bundle.identity.iteration,
      }),
    );
}
