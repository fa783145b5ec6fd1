import { resolve } from 'node:path';
import type { ArtifactWish } from '../../artifacts/artifact.ts';
import { ownDatabase } from '../../config/own-database.ts';
import type { ClientConfig } from '../../config/schema.ts';
import { createCatalogue } from '../../core/clients/catalogue.ts';
import type { ClientDefinition } from '../../core/clients/client.ts';
import { externalRuntime } from '../../core/external/external-runtime.ts';
import { type UnitLayer, unitLayers } from '../../core/node/desired.ts';
import type { EffectiveConfig } from '../services.ts';

/** The program that a client of a node is to be. */
export interface NodeWish {
  readonly node: string;
  readonly layer: UnitLayer;
  readonly wish: ArtifactWish;
}

/** What a configuration says of a client's program. Paths in it are relative to the configuration's folder. */
export function clientWish(
  client: ClientDefinition,
  config: ClientConfig,
  { runtime, folder }: { readonly runtime: string; readonly folder: string },
): ArtifactWish {
  const { artifact } = config;
  return {
    client,
    version: config.version,
    artifact: artifact?.kind === 'path' ? { ...artifact, path: resolve(folder, artifact.path) } : artifact,
    form: runtime === 'container' ? 'image' : 'program',
  };
}

/** Every program that a configuration wants of us, client by client; of two clients in one program, one. Throws EPH-CLIENT-UNKNOWN. */
export function nodeWishes(
  { config, folder }: EffectiveConfig,
  clients: readonly ClientDefinition[],
): readonly NodeWish[] {
  const catalogue = createCatalogue(clients);
  return Object.entries(config.nodes)
    .filter(([, node]) => node.runtime !== externalRuntime)
    .flatMap(([node, config]) =>
      unitLayers.flatMap((layer) => {
        const { runtime } = config;
        const client = layer === 'database' ? ownDatabase(config) : config[layer];
        if (client === undefined) return [];
        const definition = catalogue.get(layer, client.client);
        if (definition.hostedBy !== undefined) return [];
        return [{ node, layer, wish: clientWish(definition, client, { runtime, folder }) }];
      }),
    );
}
