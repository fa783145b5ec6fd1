import type { ClientDefinition, Layer } from '../core/clients/client.ts';
import { pairProblems } from '../core/clients/pair-problems.ts';
import { isLocalNetwork } from './local-network.ts';
import type { Config, NodeConfig } from './schema.ts';

export type Found = [path: readonly PropertyKey[], problem: string, remedy: string];

/** Clients of one node that do not work together, each at the key that should change. Unknown clients are told elsewhere. */
export function pairFindings(
  [name, node]: readonly [string, NodeConfig],
  config: Config,
  clients: readonly ClientDefinition[],
): Found[] {
  const of = (layer: Layer, id: string | undefined) =>
    clients.find((client) => client.layer === layer && client.id === id);
  const consensus = of('consensus', node.consensus.client);
  if (consensus === undefined) return [];
  const definition = of('validator', node.validator?.client);
  const { signerUrl, feeRecipient } = node.validator ?? {};
  const found = pairProblems({
    consensus,
    followers: clients.filter(({ followsProducer }) => followsProducer === true).map(({ id }) => id),
    ...(definition === undefined
      ? {}
      : {
          validator: {
            definition,
            hasSigner: signerUrl !== undefined || node.signer !== undefined,
            hasFeeRecipient: feeRecipient !== undefined,
          },
        }),
    ...(isLocalNetwork(node.network, config.networks) ? { localNetwork: node.network } : {}),
  });
  return [
    ...found.map(({ layer, key, problem, remedy }): Found => [['nodes', name, layer, key], problem, remedy]),
    ...signerFindings([name, node], definition),
  ];
}

/** A signer of the node's own: whom it signs for must be there, ask it, and ask nobody else. */
function signerFindings(
  [name, { validator, signer, runtime }]: readonly [string, NodeConfig],
  definition: ClientDefinition | undefined,
): Found[] {
  if (signer === undefined) return [];
  const path = ['nodes', name, 'signer'];
  if (validator === undefined)
    return [[path, 'there is no validator client that it signs for', 'Add one, or remove the signer.']];
  if (runtime === 'container')
    return [
      [
        path,
        'a signer does not run in a container in this version',
        'Use the runtime process, or signerUrl.',
      ],
    ];
  const both = 'the validator client asks another signer already';
  if (validator.signerUrl !== undefined)
    return [
      [['nodes', name, 'validator', 'signerUrl'], both, 'Remove signerUrl, or the signer of the node.'],
    ];
  if (definition === undefined || definition.needsSigner === true || definition.keymanager?.keys !== 'local')
    return [];
  const alone = `${definition.displayName} asks no remote signer`;
  return [
    [['nodes', name, 'validator', 'client'], alone, 'Choose another validator client, or remove the signer.'],
  ];
}
