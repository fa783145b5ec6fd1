import { type Answer, known, unknown } from '../../base/answer.ts';
import { messageOf } from '../../base/errors.ts';
import type { ValidatorState } from '../../chain/beacon.ts';
import { type KeyState, keyStateOf } from '../../core/keys/key-state.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { type NetworkIdentity, sameIdentity } from '../../core/network/identity.ts';
import type { KeyReport, NodeKeysReport } from '../control/reports.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { bundlePlaces, inclusion } from '../keys/genesis-places.ts';
import { beaconUrl } from '../node/node-setup.ts';
import { within } from './within.ts';

type Places = Answer<ReadonlyMap<PublicKey, number>>;
type States = Answer<ReadonlyMap<PublicKey, ValidatorState>>;

interface Memory {
  /** By the bundle's folder, which never changes once it is verified. */
  readonly places: Map<string, Places>;
  keys: string;
  asked?: { readonly root: string; readonly atMs: number; readonly states: Promise<States> };
}

/** Whoever draws the status every second does not ask the consensus client every second. */
const freshMs = 2_000;
const keptPlaces = 4;

/**
 * Where the keys of nodes stand: in the next genesis and in this one by the verified releases, in the running state
 * by our own consensus client. Silence, another network and a client that is not in sync are unknown.
 */
export class KeyStandings {
  private readonly memories = new WeakMap<AssembledNode, Memory>();

  /** Undefined for a node without key sets. `identity`: the network that the node is on or is going to. */
  async of(node: AssembledNode, identity: NetworkIdentity | undefined): Promise<NodeKeysReport | undefined> {
    const keySets = node.setup.validator?.keySets ?? [];
    if (keySets.length === 0) return undefined;
    const about = identity === undefined ? {} : { iteration: identity.iteration };
    const sets = new Map<PublicKey, string>();
    try {
      for (const set of keySets)
        for (const key of await node.environment.store.publicKeys([set])) sets.set(key, set);
    } catch (thrown) {
      return { ...about, list: [], notes: [`The keys cannot be read: ${messageOf(thrown)}.`] };
    }
    if (identity === undefined) return { list: unseenKeys(sets), notes: ['The iteration is not known yet.'] };
    const keys = new Set(sets.keys());
    const [thisGenesis, nextGenesis, states] = await Promise.all([
      this.placesIn(node, keys, { identity, iteration: identity.iteration }),
      this.placesIn(node, keys, { iteration: identity.iteration + 1 }),
      this.statesOf(node, keys, identity),
    ]);
    const list = [...sets].map(([pubkey, keySet]) => ({
      keySet,
      pubkey,
      nextGenesis: inclusion(nextGenesis, pubkey),
      thisGenesis: inclusion(thisGenesis, pubkey),
      ...running(states, pubkey),
    }));
    const notes = [
      ...(thisGenesis.known ? [] : [`This genesis: ${thisGenesis.reason}.`]),
      ...(nextGenesis.known ? [] : [`Next genesis: ${nextGenesis.reason}.`]),
      ...(states.known ? [] : [`Running state: ${states.reason}.`]),
    ];
    return { ...about, list, notes };
  }

  private async placesIn(
    node: AssembledNode,
    keys: ReadonlySet<PublicKey>,
    of: { readonly iteration: number; readonly identity?: NetworkIdentity },
  ): Promise<Places> {
    try {
      const held = await node.environment.releases.held(of.iteration);
      const { identity } = of;
      const bundle = held.findLast((each) => identity === undefined || sameIdentity(each.identity, identity));
      if (bundle === undefined) return unknown(`the release of iteration ${of.iteration} is not held`);
      const { places } = this.memoryOf(node, keys);
      const before = places.get(bundle.directory);
      if (before !== undefined) return before;
      const found = await bundlePlaces(bundle.directory, keys);
      if (places.size >= keptPlaces) places.clear();
      places.set(bundle.directory, found);
      return found;
    } catch (thrown) {
      return unknown(messageOf(thrown));
    }
  }

  /** An answer that comes too late for one report is there for the next. */
  private async statesOf(
    node: AssembledNode,
    keys: ReadonlySet<PublicKey>,
    identity: NetworkIdentity,
  ): Promise<States> {
    const { clock } = node.environment;
    const memory = this.memoryOf(node, keys);
    const root = identity.genesisValidatorsRoot;
    const nowMs = clock.monotonicMs();
    const { asked } = memory;
    if (asked === undefined || asked.root !== root || nowMs - asked.atMs >= freshMs)
      memory.asked = {
        root,
        atMs: nowMs,
        states: askStates(node, [...keys], root).catch((thrown: unknown) => unknown(messageOf(thrown))),
      };
    const states = memory.asked?.states ?? unknown('nobody was asked');
    return (
      (await within(clock, Promise.resolve(states))) ?? unknown('the consensus client takes long to answer')
    );
  }

  private memoryOf(node: AssembledNode, keys: ReadonlySet<PublicKey>): Memory {
    const named = [...keys].join();
    const before = this.memories.get(node);
    if (before?.keys === named) return before;
    const memory: Memory = { places: new Map(), keys: named };
    this.memories.set(node, memory);
    return memory;
  }
}

/** By the consensus client's own word that it is on this network, and in sync. */
async function askStates(node: AssembledNode, keys: readonly PublicKey[], root: string): Promise<States> {
  const beacon = node.environment.beacon(beaconUrl(node.setup));
  const [genesis, syncing] = await Promise.all([beacon.genesis(), beacon.syncing()]);
  if (!genesis.known) return genesis;
  if (genesis.value.genesisValidatorsRoot.toLowerCase() !== root.toLowerCase())
    return unknown('the consensus client is on another network');
  if (!syncing.known) return syncing;
  if (syncing.value.isSyncing) return unknown('the consensus client is not in sync');
  return keys.length === 0 ? known(new Map()) : beacon.validators(keys);
}

function running(states: States, key: PublicKey): Pick<KeyReport, 'state' | 'status' | 'index'> {
  if (!states.known) return { state: 'unknown' };
  const found = states.value.get(key);
  if (found === undefined) return { state: 'absent' satisfies KeyState };
  return { state: keyStateOf(found), status: found.status, index: found.index };
}

function unseenKeys(sets: ReadonlyMap<PublicKey, string>): KeyReport[] {
  const nobody = { included: 'unknown' } as const;
  return [...sets].map(([pubkey, keySet]) => ({
    keySet,
    pubkey,
    nextGenesis: nobody,
    thisGenesis: nobody,
    state: 'unknown' as const,
  }));
}
