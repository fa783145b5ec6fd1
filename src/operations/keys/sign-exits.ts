import { writeFileAtomic } from '../../base/atomic-files.ts';
import type { Secret } from '../../base/secret.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { exitDomain, signedExitJson, voluntaryExitRoot } from '../../core/keys/signed-messages.ts';
import { signingRoot } from '../../core/keys/signing-domain.ts';
import type { NetworkServices } from '../network/known-network.ts';
import type { Services } from '../services.ts';
import { beaconUrls } from './beacon-urls.ts';
import { keepMessages } from './keep-messages.ts';
import { chosenKeys, type KeyChoice, keySetStore } from './key-sets.ts';
import { type KeyWatch, openKeys } from './open-keys.ts';
import { newPath } from './output-files.ts';
import { type IterationWish, messageNetwork, signingIteration } from './signing-network.ts';
import { validatorIndices } from './validator-indices.ts';

export interface SignExitsWish extends IterationWish {
  readonly choice: KeyChoice;
  readonly password?: Secret | undefined;
  /** From which epoch on it may be included; 0 is at once. */
  readonly epoch: number;
  /** Of the one key that is chosen; asked of a Beacon API when absent. */
  readonly index?: number | undefined;
  readonly beacon?: string | undefined;
  readonly out: string;
}

export interface SignExitsReport {
  readonly file: string;
  readonly network: string;
  /** The one iteration in which they mean anything. */
  readonly iteration: number;
  readonly exits: readonly { readonly pubkey: PublicKey; readonly index: number }[];
}

/**
 * Signs voluntary exits, writes them down and remembers for which network; nothing is sent. An exit cannot be taken back in its iteration, and is void
 * in every other. Throws EPH-KEYS-NO-RELEASE, EPH-KEYS-BEACON, EPH-KEYS-UNOPENED, EPH-KEYS-OUTPUT-EXISTS.
 */
export async function signExits(
  services: NetworkServices & Pick<Services, 'random'>,
  wish: SignExitsWish,
  watch: KeyWatch,
): Promise<SignExitsReport> {
  const file = await newPath(services.host, wish.out);
  const network = await signingIteration(services, wish);
  const places = await chosenKeys(keySetStore(services.paths), wish.choice);
  const urls = wish.beacon === undefined ? await beaconUrls(services, wish) : [wish.beacon];
  const indices = await validatorIndices(
    places.map(({ key }) => key),
    { given: wish.index, urls },
  );
  const opened = await openKeys(services, { places, password: wish.password }, watch);
  const { signRoot } = await import('../../keys/bls.ts');
  const signed = opened.map(({ pubkey, secretKey }) => {
    const exit = { epoch: wish.epoch, validatorIndex: indices.get(pubkey) ?? 0 };
    const root = signingRoot(voluntaryExitRoot(exit), exitDomain(network));
    return { pubkey, index: exit.validatorIndex, json: signedExitJson(exit, signRoot(secretKey, root)) };
  });
  await keepMessages(services, places, { kind: 'exit', file, ...messageNetwork(network) });
  // One is an object, as every tool takes it; several are a list.
  const content = signed.length === 1 ? signed[0]?.json : signed.map(({ json }) => json);
  await writeFileAtomic(file, `${JSON.stringify(content, undefined, 2)}\n`);
  return {
    file,
    network: network.network,
    iteration: network.iteration,
    exits: signed.map(({ pubkey, index }) => ({ pubkey, index })),
  };
}
