import { isLoopbackUrl } from '../base/loopback.ts';
import type { ClientDefinition } from '../core/clients/client.ts';
import type { NodeConfig } from './schema.ts';

export type Found = [path: readonly PropertyKey[], problem: string, remedy: string];

/** A signer of the node's own: whom it signs for must be there, ask it, and ask nobody else. One by its address must be asked. */
export function signerFindings(
  [name, { validator, signer, runtime }]: readonly [string, NodeConfig],
  definition: ClientDefinition | undefined,
): Found[] {
  if (signer === undefined)
    return validator?.signerUrl === undefined ? [] : asksNobody(name, 'signerUrl', definition);
  const path = ['nodes', name, 'signer'];
  if (validator === undefined)
    return [[path, 'there is no validator client that it signs for', 'Add one, or remove the signer.']];
  const database = databaseFindings([...path, 'database'], signer.database, runtime);
  if (validator.signerUrl !== undefined) {
    const both = 'the validator client asks another signer already';
    const at = ['nodes', name, 'validator', 'signerUrl'];
    return [...database, [at, both, 'Remove signerUrl, or the signer of the node.']];
  }
  return [...database, ...asksNobody(name, 'client', definition)];
}

/** The client has its keys itself, and no way to be told of others. */
function asksNobody(
  node: string,
  key: 'client' | 'signerUrl',
  definition: ClientDefinition | undefined,
): Found[] {
  if (definition === undefined || definition.needsSigner === true || definition.keymanager?.keys !== 'local')
    return [];
  const alone = `${definition.displayName} asks no remote signer`;
  const remedy = `Choose another validator client, or remove ${key === 'client' ? 'the signer' : key}.`;
  return [[['nodes', node, 'validator', key], alone, remedy]];
}

type Database = NonNullable<NodeConfig['signer']>['database'];

/** Somebody else's by its address and credentials, or one of the node's own, which only containers have. */
function databaseFindings(path: readonly string[], database: Database, runtime: string): Found[] {
  const { url, credentialsFile, ...own } = database;
  if (url === undefined && credentialsFile === undefined) {
    if (runtime === 'container') return [];
    const problem = `the runtime ${runtime} runs no database for the signer`;
    return [[path, problem, 'Name one: url and credentialsFile. Or use the runtime container.']];
  }
  if (url === undefined || credentialsFile === undefined)
    return [
      [path, `${url === undefined ? 'url' : 'credentialsFile'} is missing`, 'The two belong together.'],
    ];
  const [useless] = Object.keys(own);
  if (useless !== undefined) {
    const problem = 'a database of your own has no program of ours';
    return [[[...path, useless], problem, 'Remove it, or url and credentialsFile.']];
  }
  if (runtime !== 'container' || !isLoopbackUrl(url)) return [];
  const problem = "programs in containers do not reach this host's loopback address";
  return [
    [[...path, 'url'], problem, 'Leave database out: the node then has one of its own. Or name an address.'],
  ];
}
