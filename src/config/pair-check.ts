import type { ClientDefinition, Layer } from '../core/clients/client.ts';
import { pairProblems } from '../core/clients/pair-problems.ts';
import { hostedFindings } from './hosted-check.ts';
import { isLocalNetwork } from './local-network.ts';
import type { Config, NodeConfig } from './schema.ts';
import { setSettingFindings } from './set-settings-check.ts';
import { type Found, signerFindings } from './signer-check.ts';

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
  const execution = of('execution', node.execution.client);
  const definition = of('validator', node.validator?.client);
  const { signerUrl, feeRecipient } = node.validator ?? {};
  const found = pairProblems({
    ...(execution === undefined ? {} : { execution }),
    consensus,
    followers: clients.filter(({ followsProducer }) => followsProducer === true).map(({ id }) => id),
    ...(definition === undefined
      ? {}
      : {
          validator: {
            definition,
            hasOwnSigner: node.signer !== undefined,
            hasSigner: signerUrl !== undefined || node.signer !== undefined,
            hasFeeRecipient: feeRecipient !== undefined,
          },
        }),
    ...(isLocalNetwork(node.network, config.networks) ? { localNetwork: node.network } : {}),
  });
  return [
    ...found.map(({ layer, key, problem, remedy }): Found => [['nodes', name, layer, key], problem, remedy]),
    ...hostedFindings([name, node], { execution, consensus, validator: definition }),
    ...signerFindings([name, node], definition),
    ...setSettingFindings(node, config, definition),
  ];
}
