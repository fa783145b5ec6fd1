import { writeFileAtomic } from '../../base/atomic-files.ts';
import { shownUrl } from '../../base/http-url.ts';
import type { Secret } from '../../base/secret.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { exitDomain, signedExitJson, voluntaryExitRoot } from '../../core/keys/signed-messages.ts';
import { signingRoot } from '../../core/keys/signing-domain.ts';
import type { NetworkServices } from '../network/known-network.ts';
import { defined } from '../node/defined.ts';
import type { Services } from '../services.ts';
import { beaconUrls } from './beacon-urls.ts';
import { type ExitServices, exitsFromClients } from './client-exits.ts';
import { keepMessages } from './keep-messages.ts';
import { allChosenKeys, type ChosenKey, type KeyChoice, type KeyPlace, keySetStore } from './key-sets.ts';
import { type KeyWatch, openKeys } from './open-keys.ts';
import { writablePath } from './output-files.ts';
import { type SendOutcome, sendingBeacon, sendMessages } from './send-messages.ts';
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
  /** Give them to a beacon node too, once they are written. */
  readonly send?: boolean | undefined;
}

export interface SignExitsReport {
  readonly file: string;
  readonly network: string;
  /** The one iteration in which they mean anything. */
  readonly iteration: number;
  readonly exits: readonly {
    readonly pubkey: PublicKey;
    readonly index: number;
    /** The node whose validator client signed it, because its key could not be opened here. */
    readonly signedBy?: string;
    /** What the beacon node said to it. */
    readonly sent?: SendOutcome;
  }[];
  /** Keys without an exit, each with the reason. */
  readonly unsigned?: readonly { readonly pubkey: PublicKey; readonly reason: string }[];
  /** The Beacon API that they were given to. */
  readonly sentTo?: string;
}

/**
 * Signs voluntary exits, writes them down and remembers for which network; nothing is sent unless it was asked for. An exit cannot be taken back in its iteration, and is void
 * in every other. Keys of a remote signer, and those whose password is not at hand, are signed with by the running
 * validator client that has them. Those that are no validators are left out and told. Throws EPH-KEYS-NO-RELEASE, EPH-KEYS-BEACON, EPH-KEYS-NO-VALIDATOR, EPH-KEYS-UNOPENED,
 * EPH-KEYS-OUTPUT-EXISTS, EPH-KEYS-OUTPUT-UNWRITABLE and as `exitsFromClients`.
 */
export async function signExits(
  services: NetworkServices & Pick<Services, 'random'> & ExitServices,
  wish: SignExitsWish,
  watch: KeyWatch,
): Promise<SignExitsReport> {
  const { config, epoch } = wish;
  const network = await signingIteration(services, wish);
  const chosen = await allChosenKeys(keySetStore(services.paths), wish.choice);
  const file = await writablePath(services.host, wish.out);
  const sentTo = wish.send === true ? await sendingBeacon(services, wish, network) : undefined;
  const urls = wish.beacon === undefined ? await beaconUrls(services, wish) : [wish.beacon];
  const { indices, absent, url } = await validatorIndices(
    chosen.map(({ key }) => key),
    { given: wish.index, urls },
  );
  const places = chosen.filter(({ key }) => indices.has(key));
  const { here, elsewhere } = await whoSigns(services, places, wish.password);
  const asked = { config, network, places: elsewhere, indices, epoch };
  const theirs = elsewhere.length === 0 ? [] : await exitsFromClients(services, asked);
  const opened = await openKeys(services, { places: here, password: wish.password }, watch);
  const { signRoot } = await import('../../keys/bls.ts');
  const ours = opened.map(({ pubkey, secretKey }) => {
    const exit = { epoch, validatorIndex: indices.get(pubkey) ?? 0 };
    const root = signingRoot(voluntaryExitRoot(exit), exitDomain(network));
    return { pubkey, json: signedExitJson(exit, signRoot(secretKey, root)) };
  });
  const signed = [...ours, ...theirs];
  await keepMessages(services, places, { kind: 'exit', file, ...messageNetwork(network) });
  // One is an object, as every tool takes it; several are a list.
  const content = signed.length === 1 ? signed[0]?.json : signed.map(({ json }) => json);
  await writeFileAtomic(file, `${JSON.stringify(content, undefined, 2)}\n`);
  const messages = signed.map(({ json }) => ({ kind: 'exit' as const, json }));
  const sent = sentTo === undefined ? [] : await sendMessages(sentTo, messages, watch.signal);
  const exits = signed.map(({ pubkey, ...by }, at) => {
    const signedBy = 'node' in by ? by.node : undefined;
    return { pubkey, index: indices.get(pubkey) ?? 0, ...defined({ signedBy, sent: sent[at] }) };
  });
  const reason = `it is no validator in the state of ${url}`;
  const unsigned = absent.length === 0 ? undefined : absent.map((pubkey) => ({ pubkey, reason }));
  const { network: name, iteration } = network;
  return {
    file,
    network: name,
    iteration,
    exits,
    ...defined({ unsigned, sentTo: sentTo && shownUrl(sentTo) }),
  };
}

/** A key without a password beside it is opened by the one that was given, where one was. */
async function whoSigns(
  { paths }: ExitServices,
  places: readonly ChosenKey[],
  password: Secret | undefined,
): Promise<{ readonly here: readonly KeyPlace[]; readonly elsewhere: readonly KeyPlace[] }> {
  const store = keySetStore(paths);
  const here: KeyPlace[] = [];
  const elsewhere: KeyPlace[] = [];
  for (const place of places) {
    const isOpenable =
      place.held === 'local' &&
      (password !== undefined || (await store.read(place.keySet, place.key)).password !== undefined);
    (isOpenable ? here : elsewhere).push(place);
  }
  return { here, elsewhere };
}
