import type { ClientDefinition } from '../core/clients/client.ts';
import type { Config, NodeConfig } from './schema.ts';
import type { Found } from './signer-check.ts';

const settingNames = ['feeRecipient', 'gasLimit', 'graffiti'] as const;

/** Settings of a node's key sets of which its validator client can be told nothing. */
export function setSettingFindings(
  { validator }: NodeConfig,
  { keySets }: Config,
  definition: ClientDefinition | undefined,
): Found[] {
  if (validator === undefined || definition === undefined) return [];
  const told = definition.keymanager?.settings ?? [];
  return validator.keySets.flatMap((set) =>
    settingNames
      .filter((name) => keySets[set]?.[name] !== undefined && !told.includes(name))
      .map((name): Found => {
        const problem = `${definition.displayName} cannot be told a ${words[name]} for some of its keys`;
        return [['keySets', set, name], problem, remedies[name]];
      }),
  );
}

const words = { feeRecipient: 'fee recipient', gasLimit: 'gas limit', graffiti: 'graffiti' } as const;
const elsewhere = 'give the node another validator client.';
const remedies = {
  feeRecipient: `Remove it, and give the one of all its keys as feeRecipient of the validator client. Or ${elsewhere}`,
  gasLimit: `Remove it, and give the one of all its keys in the args of the validator client. Or ${elsewhere}`,
  graffiti: `Remove it, and give that of all its keys as graffiti of the validator client. Or ${elsewhere}`,
} as const;
