import { type Answer, unknown } from '../../base/answer.ts';
import { shownUrl } from '../../base/http-url.ts';
import { readValidatorStates, type ValidatorState } from '../../chain/http/validator-states.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { iterationAt } from '../../core/network/schedule.ts';
import { beginsLater } from '../network/begins-later.ts';
import {
  knownNetwork,
  type NetworkServices,
  type NetworkWish,
  unmadeNetwork,
} from '../network/known-network.ts';
import type { Services } from '../services.ts';
import { beaconUrls } from './beacon-urls.ts';
import { genesisPlaces, type Inclusion, inclusion } from './genesis-places.ts';
import { allChosenKeys, type KeyChoice, keySetStore } from './key-sets.ts';
import { type ToldMessage, toldMessages } from './told-messages.ts';

export interface ListKeysWish extends NetworkWish, KeyChoice {
  /** A Beacon API; that of our own node when absent. */
  readonly beacon?: string | undefined;
}

export interface ListedKey {
  readonly keySet: string;
  readonly pubkey: PublicKey;
  /** Where its secret is: here, or with a remote signer. */
  readonly held: 'local' | 'remote';
  readonly nextGenesis: Inclusion;
  readonly thisGenesis: Inclusion;
  /** In the running state; absent when nobody was asked or could answer. */
  readonly state?: ValidatorState | { readonly status: 'absent' };
  /** Exits and changes of credentials that were signed with it, the oldest first. */
  readonly messages: readonly ToldMessage[];
}

export interface ListKeysReport {
  readonly network: string;
  /** Absent while the network, a local one, was never made. */
  readonly iteration?: number;
  readonly keys: readonly ListedKey[];
  /** Why something above is unknown. */
  readonly notes: readonly string[];
}

/** Where every key stands: in the next genesis, in this one, in the running state. Throws as `knownNetwork` and `allChosenKeys`. */
export async function listKeys(
  services: NetworkServices & Pick<Services, 'random'>,
  wish: ListKeysWish,
): Promise<ListKeysReport> {
  const unmade = await unmadeNetwork(services, wish);
  if (unmade !== undefined) return listWithoutNetwork(services, wish, unmade);
  const { definition } = await knownNetwork(services, wish);
  const iteration = iterationAt(definition, services.clock.nowMs());
  const places = await allChosenKeys(keySetStore(services.paths), wish);
  const keys = new Set(places.map(({ key }) => key));
  const library = await services.openLibrary(definition);
  try {
    const thisGenesis = await genesisPlaces(library, iteration, keys);
    const nextGenesis = await genesisPlaces(library, iteration + 1, keys);
    const states =
      keys.size === 0 ? unknown('there are no keys') : await runningStates(services, wish, [...keys]);
    const [held] = await library.held(iteration);
    const root = held?.bundle.identity.genesisValidatorsRoot;
    const seen = { nowMs: services.clock.nowMs(), network: definition.name, iteration };
    const messages = await toldMessages(
      services.paths,
      places.map(({ keySet }) => keySet),
      root === undefined ? seen : { ...seen, genesisValidatorsRoot: root },
    );
    const listed = places.map(({ key, keySet, held }) => ({
      keySet,
      pubkey: key,
      held,
      nextGenesis: inclusion(nextGenesis, key),
      thisGenesis: inclusion(thisGenesis, key),
      messages: messages.get(key) ?? [],
      ...(states.known ? { state: states.value.get(key) ?? ({ status: 'absent' } as const) } : {}),
    }));
    const notes = [
      ...(thisGenesis.known ? [] : [`This genesis: ${thisGenesis.reason}.`]),
      ...(nextGenesis.known ? [] : [`Next genesis: ${nextGenesis.reason}.`]),
      ...(states.known || keys.size === 0 ? [] : [`Running state: ${states.reason}.`]),
    ];
    return { network: definition.name, iteration, keys: listed, notes };
  } finally {
    await library.close();
  }
}

/** Keys are there before their network is. */
async function listWithoutNetwork(
  { paths }: Pick<Services, 'paths'>,
  wish: KeyChoice,
  network: string,
): Promise<ListKeysReport> {
  const places = await allChosenKeys(keySetStore(paths), wish);
  const unasked = { nextGenesis: { included: 'unknown' }, thisGenesis: { included: 'unknown' } } as const;
  const keys = places.map(({ key, keySet, held }) => ({
    keySet,
    pubkey: key,
    held,
    ...unasked,
    messages: [],
  }));
  return { network, keys, notes: [`Genesis and state: ${beginsLater(network)}.`] };
}

/** The first node that answers; keys asked for a thousand at a time. */
async function runningStates(
  services: NetworkServices,
  wish: ListKeysWish,
  pubkeys: readonly PublicKey[],
): Promise<Answer<ReadonlyMap<string, ValidatorState>>> {
  const urls = wish.beacon === undefined ? await beaconUrls(services, wish) : [wish.beacon];
  let last: Answer<never> = unknown('there is no node of this network here, and no --beacon was given');
  for (const url of urls) {
    const states = await allStates(url, pubkeys);
    if (states.known) return states;
    last = unknown(`${shownUrl(url)}: ${states.reason}`);
  }
  return last;
}

const atOnce = 1_000;

async function allStates(
  url: string,
  pubkeys: readonly PublicKey[],
): Promise<Answer<ReadonlyMap<string, ValidatorState>>> {
  const all = new Map<string, ValidatorState>();
  for (let at = 0; at < pubkeys.length; at += atOnce) {
    const some = await readValidatorStates({ url, pubkeys: pubkeys.slice(at, at + atOnce) });
    if (!some.known) return some;
    for (const [key, state] of some.value) all.set(key, state);
  }
  return { known: true, value: all };
}
