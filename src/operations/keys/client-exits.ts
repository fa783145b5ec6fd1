import type { SignedExit } from '../../chain/keymanager.ts';
import { type PublicKey, publicKeyBytes } from '../../core/keys/public-key.ts';
import { exitDomain, voluntaryExitRoot } from '../../core/keys/signed-messages.ts';
import { signingRoot } from '../../core/keys/signing-domain.ts';
import { type ConfigServices, effectiveConfig } from '../effective-config.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { madeNodes } from '../fleet/made-nodes.ts';
import { openKeymanager } from '../node/open-keymanager.ts';
import type { Services } from '../services.ts';
import { keyUseErrors } from './errors.ts';
import type { KeyPlace } from './key-sets.ts';
import type { SigningIteration } from './signing-network.ts';

export type ExitServices = ConfigServices & Pick<Services, 'openFleet'>;

export interface ClientExitsWish {
  readonly config?: string | undefined;
  readonly network: SigningIteration;
  readonly places: readonly KeyPlace[];
  readonly indices: ReadonlyMap<PublicKey, number>;
  readonly epoch: number;
}

export interface ClientExit {
  readonly pubkey: PublicKey;
  /** Whose validator client signed. */
  readonly node: string;
  readonly json: SignedExit;
}

/**
 * Exits signed by the running validator clients that have the keys: of keys whose secrets nobody can open here. What comes
 * back is held against network, index and key. Throws EPH-KEYS-NO-EXIT-SIGNER, EPH-KEYS-EXIT-OTHER and EPH-KEYMANAGER-*.
 */
export async function exitsFromClients(
  services: ExitServices,
  wish: ClientExitsWish,
): Promise<readonly ClientExit[]> {
  const all = await effectiveConfig(services, { config: wish.config });
  const config = await madeNodes(all, services.paths.root);
  const opened = await services.openFleet({ config, emit: () => undefined, readOnly: true });
  try {
    return await exitsOf(opened.nodes, wish);
  } finally {
    await opened.close();
  }
}

export async function exitsOf(
  nodes: readonly AssembledNode[],
  wish: Omit<ClientExitsWish, 'config'>,
): Promise<readonly ClientExit[]> {
  const exits: ClientExit[] = [];
  for (const place of wish.places) exits.push(await exitOf(nodes, place, wish));
  return exits;
}

async function exitOf(
  nodes: readonly AssembledNode[],
  { key, keySet }: KeyPlace,
  wish: Omit<ClientExitsWish, 'config'>,
): Promise<ClientExit> {
  const { network, epoch } = wish;
  const node = nodes.find(
    ({ setup }) =>
      setup.network.name === network.network && setup.validator?.keySets.includes(keySet) === true,
  );
  const api = node === undefined ? undefined : await signerIn(node, key);
  if (node === undefined || api === undefined)
    throw keyUseErrors.create('EPH-KEYS-NO-EXIT-SIGNER', {
      key,
      problem: `no node of ${network.network} has the key set ${keySet}`,
    });
  const exit = await api.signExit(key, epoch);
  const problem = await otherThan(exit, key, wish);
  const name = node.setup.name;
  if (problem !== undefined) throw keyUseErrors.create('EPH-KEYS-EXIT-OTHER', { key, node: name, problem });
  return { pubkey: key, node: name, json: exit };
}

async function signerIn({ setup, environment }: AssembledNode, key: PublicKey) {
  const { definition } = setup.validator ?? {};
  const refuse = (problem: string) => keyUseErrors.create('EPH-KEYS-NO-EXIT-SIGNER', { key, problem });
  const name = definition?.displayName ?? '';
  if (definition?.keymanager?.signsExits !== true)
    throw refuse(`${name}, the validator client of ${setup.name}, signs no exits on request`);
  return openKeymanager({ setup, env: environment });
}

/** What of the answer is not what was asked for. */
async function otherThan(
  { message, signature }: SignedExit,
  key: PublicKey,
  { network, indices, epoch }: Omit<ClientExitsWish, 'config'>,
): Promise<string | undefined> {
  const exit = { epoch: Number(message.epoch), validatorIndex: Number(message.validator_index) };
  if (exit.validatorIndex !== indices.get(key))
    return `it is of validator ${message.validator_index}, and the key has index ${indices.get(key)}`;
  if (exit.epoch !== epoch) return `it is of epoch ${message.epoch}`;
  const { isSignedBy } = await import('../../keys/bls.ts');
  const root = signingRoot(voluntaryExitRoot(exit), exitDomain(network));
  const bytes = new Uint8Array(Buffer.from(signature.slice(2), 'hex'));
  if (isSignedBy(publicKeyBytes(key), root, bytes)) return undefined;
  return `its signature does not hold for iteration ${network.iteration} of ${network.network}`;
}
