import { type Answer, unknown } from '../../base/answer.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { validatorFindings } from '../../core/findings/validators.ts';
import {
  type Binding,
  type KeySetOwner,
  type SigningRight,
  signingRight,
  strictestRight,
} from '../../core/keys/ownership.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { type NetworkIdentity, sameIdentity } from '../../core/network/identity.ts';
import type { SigningAlarm } from '../../core/node/signing-order.ts';
import type { KeyOwners } from '../../storage/files/key-owners.ts';
import type { NodeStore } from '../../storage/node-store.ts';
import type { GuardAsk, KeyGuard } from '../node/node-environment.ts';
import { validatorErrors } from './errors.ts';
import { epochTime } from './key-activity.ts';
import { type ForeignSigner, keyDoubt, keysWithoutSigner, signerStrangers } from './key-doubts.ts';
import { type OwnTrace, ownTrace, type TraceOf } from './own-trace.ts';
import {
  newestIn,
  newestStore,
  type ProtectionStores,
  protectionAtEnd,
  protectionNow,
  vouches,
} from './protection-here.ts';
import { QuietWatch } from './quiet-watch.ts';
import { refusalFacts, refusalFinding } from './refusal-words.ts';
import type { SignerMarks } from './signer-marks.ts';
import { SigningWatch } from './signing-alarm.ts';

export interface GuardianParts {
  readonly node: string;
  readonly clock: Clock;
  readonly store: Pick<NodeStore, 'publicKeys' | 'keys'> & ProtectionStores;
  readonly owners: Pick<KeyOwners, 'read' | 'change' | 'keySets'>;
  readonly binding: () => Promise<Binding>;
  readonly genesisDelaySeconds: number;
  /** Somebody else's, who has the keys instead of the client. */
  readonly signer?: ForeignSigner | undefined;
  /** How the client's own store tells what was signed; absent: it tells nothing. */
  readonly trace?: TraceOf | undefined;
  /** Of a signer of the node's own: all that its keys sign goes through its database. */
  readonly signerMarks?: SignerMarks | undefined;
}

/** Guards the keys of one node: whose they are, whether anybody else signs, and what happens once we do. */
export class KeyGuardian implements KeyGuard {
  private readonly parts: GuardianParts;
  private watch:
    | {
        readonly identity: NetworkIdentity;
        readonly quiet: QuietWatch;
        /** No signer of ours runs from here on. */
        readonly beganMs: number;
        foreign: boolean;
      }
    | undefined;
  private newcomers: { readonly name: string; readonly quiet: QuietWatch } | undefined;
  private readonly alarms: SigningWatch;
  /** The keys that our signer was given, by their set. */
  private readonly given = new Map<string, ReadonlySet<PublicKey>>();
  private told: readonly Finding[] = [];

  constructor(parts: GuardianParts) {
    this.parts = parts;
    this.alarms = new SigningWatch(parts.clock);
  }

  findings(): readonly Finding[] {
    return this.told;
  }

  async quiet(ask: GuardAsk): Promise<Answer<boolean>> {
    this.told = [];
    try {
      return await this.judge(ask);
    } catch (thrown) {
      return unknown(messageOf(thrown));
    }
  }

  /** Written ahead of a start. Throws EPH-VALIDATORS-NOT-OURS. */
  async begins({ identity, keySets }: Omit<GuardAsk, 'beacon'>): Promise<void> {
    const { node, owners, clock } = this.parts;
    const binding = await this.parts.binding();
    const protection = await protectionNow(this.parts.store, node, identity.genesisValidatorsRoot);
    for (const keySet of keySets) {
      await owners.change(keySet, async (owner) => {
        const wish = await this.wish(keySet, { identity, binding, owner });
        const right = signingRight(owner, wish, clock.nowMs());
        if (right.right === 'none')
          throw validatorErrors.create('EPH-VALIDATORS-NOT-OURS', refusalFacts(right, keySet));
        const signed = {
          genesisValidatorsRoot: identity.genesisValidatorsRoot,
          iteration: identity.iteration,
          chainId: identity.chainId,
          keysFingerprint: (await this.parts.store.keys([keySet])).fingerprint,
          startedAtMs: clock.nowMs(),
          ...protection,
          ...(await this.earlierUntil(owner, identity)),
        };
        const handed = owner?.handedFrom === undefined ? {} : { handedFrom: owner.handedFrom };
        return { node, installation: binding.installation, ...handed, signed };
      });
      this.given.set(keySet, new Set(await this.parts.store.publicKeys([keySet])));
    }
    this.watch = undefined;
  }

  /** Until when the signer before may have been we; where nobody saw it end, until its store was written last. */
  private async earlierUntil(owner: KeySetOwner | undefined, identity: NetworkIdentity) {
    if (owner?.signed === undefined) return {};
    const earlierUntilMs = owner.signed.endedAtMs ?? (await this.lastWriteMs(identity));
    return earlierUntilMs === undefined ? {} : { earlierUntilMs: Math.ceil(earlierUntilMs) };
  }

  /** The signer has ended, for sure. */
  async ended(keySets: readonly string[]): Promise<void> {
    // What was told about keys that it was to be given is over with it.
    this.told = [];
    for (const keySet of keySets) await noteEnded(this.parts, keySet);
  }

  /**
   * Keys that were guarded before the start of the signer, and that it lacks, are quiet when nobody signed with them
   * since. Others have their own two epochs.
   */
  async admit(ask: GuardAsk & { readonly keys: readonly PublicKey[] }): Promise<Answer<boolean>> {
    this.told = [];
    try {
      const about = { identity: ask.identity, beacon: ask.beacon, keys: ask.keys };
      const periods = await this.ownPeriods(ask);
      if (periods === undefined) return unknown('the keys are not ours to sign with');
      const doubt = await keyDoubt(this.parts, ask.keySets);
      if (doubt !== undefined) return this.refuse(doubt);
      if (periods.every(({ isComplete }) => isComplete)) {
        const sinceMs = Math.min(...periods.map(({ signed }) => signed.startedAtMs));
        return await new QuietWatch(this.parts.clock).look(about, () => sinceMs);
      }
      const answer = await this.newcomersOf(ask.keys).wait(about, () => Number.NEGATIVE_INFINITY);
      if (!answer.known) this.tellWatching(this.newcomersOf(ask.keys));
      return answer;
    } catch (thrown) {
      return unknown(messageOf(thrown));
    }
  }

  async admitted(ask: Omit<GuardAsk, 'beacon'>): Promise<void> {
    for (const { keySet, signed, isComplete, fingerprint } of (await this.ownPeriods(ask)) ?? []) {
      if (isComplete) continue;
      await this.parts.owners.change(keySet, (owner) => {
        // Moved, claimed or ended meanwhile: then there is nothing to note.
        const isSame = owner?.movingTo === undefined && owner?.signed?.startedAtMs === signed.startedAtMs;
        if (!isSame || owner.node !== this.parts.node || owner.signed === undefined) return undefined;
        return { ...owner, signed: { ...owner.signed, keysFingerprint: fingerprint } };
      });
      this.given.set(keySet, new Set(await this.parts.store.publicKeys([keySet])));
    }
    this.newcomers = undefined;
  }

  withoutSigner(keySets: readonly string[]): Promise<Answer<readonly PublicKey[]>> {
    return keysWithoutSigner(this.parts, keySets);
  }

  /** What each set's record says of our signer that runs; undefined when one of them is not ours. */
  private async ownPeriods({ identity, keySets }: Omit<GuardAsk, 'beacon'>) {
    const binding = await this.parts.binding();
    const periods = [];
    for (const keySet of keySets) {
      const owner = await this.parts.owners.read(keySet);
      const wish = await this.wish(keySet, { identity, binding, owner });
      const right = signingRight(owner, wish, this.parts.clock.nowMs());
      if (right.right === 'none') this.tell(keySet, right);
      const { signed } = owner ?? {};
      if (right.right === 'none' || owner === undefined || signed === undefined) return undefined;
      const fingerprint = wish.keysFingerprint;
      periods.push({
        keySet,
        owner,
        signed,
        fingerprint,
        isComplete: signed.keysFingerprint === fingerprint,
      });
    }
    return periods;
  }

  private refuse(doubt: Finding): Answer<never> {
    this.told = [doubt];
    return unknown(doubt.long);
  }

  private newcomersOf(keys: readonly PublicKey[]): QuietWatch {
    const name = keys.join();
    if (this.newcomers?.name !== name) this.newcomers = { name, quiet: new QuietWatch(this.parts.clock) };
    return this.newcomers.quiet;
  }

  private tellWatching({ seen }: QuietWatch): void {
    const subject = { node: this.parts.node, layer: 'validator' } as const;
    this.told = [validatorFindings.create('EPH-VALIDATORS-WATCHING', { seen }, subject)];
  }

  async alarm(ask: GuardAsk & { slashedBefore: readonly string[] }): Promise<SigningAlarm | undefined> {
    const { identity, beacon, slashedBefore } = ask;
    const periods = await this.owners(ask.keySets);
    const signed = periods.map((owner) => owner?.signed);
    const startedAtMs = Math.max(...signed.map((period) => period?.startedAtMs ?? 0));
    const earlier = new Map<PublicKey, number>();
    for (const [at, keySet] of ask.keySets.entries())
      for (const key of await this.parts.store.publicKeys([keySet]))
        earlier.set(key, signed[at]?.earlierUntilMs ?? 0);
    const keys = [...earlier.keys()];
    const earlierUntilMs = (key: PublicKey) => earlier.get(key) ?? 0;
    const ours = await this.keysOfSigner(ask.keySets, periods);
    const trace = () => this.trace(identity, keys);
    const strangers = () => signerStrangers(this.parts, ask.keySets);
    const watched = { identity, beacon, keys, slashedBefore, startedAtMs, earlierUntilMs };
    return this.alarms.look({ ...watched, ours, trace, strangers });
  }

  /** Keys that came since and wait to be given to it are at work elsewhere by right. */
  private async keysOfSigner(
    keySets: readonly string[],
    owners: readonly (KeySetOwner | undefined)[],
  ): Promise<ReadonlySet<PublicKey>> {
    const ours = new Set<PublicKey>();
    for (const [at, keySet] of keySets.entries()) {
      const { fingerprint } = await this.parts.store.keys([keySet]);
      const isComplete = owners[at]?.signed?.keysFingerprint === fingerprint;
      const keys = isComplete ? await this.parts.store.publicKeys([keySet]) : this.given.get(keySet);
      for (const key of keys ?? []) ours.add(key);
    }
    return ours;
  }

  /** What the store of our own signer tells of what it signed. */
  private async trace(identity: NetworkIdentity, keys: readonly PublicKey[]): Promise<OwnTrace> {
    const { signerMarks } = this.parts;
    if (signerMarks !== undefined) {
      const marks = await signerMarks(identity);
      return marks === undefined ? {} : { marks };
    }
    const path = await this.storePath(identity);
    if (path === undefined || this.parts.trace === undefined) return {};
    return ownTrace(path, { keys, ...this.parts.trace });
  }

  private async judge(ask: GuardAsk): Promise<Answer<boolean>> {
    const rights = await this.rights(ask);
    if (rights === undefined) return unknown('how long an epoch is cannot be asked yet');
    const right = strictestRight(rights);
    if (right === 'none') return unknown('the keys are not ours to sign with');
    const doubt = await keyDoubt(this.parts, ask.keySets);
    if (doubt !== undefined) return this.refuse(doubt);
    const ends = await this.endsOf(ask, rights);
    const about = { identity: ask.identity, beacon: ask.beacon, keys: [...ends.keys()] };
    const watch = this.watchOf(ask.identity);
    const isEveryEndKnown = [...ends.values()].every((endMs) => endMs !== undefined);
    if (right === 'after-a-look' && isEveryEndKnown && !watch.foreign) {
      const answer = await watch.quiet.look(about, (key) => ends.get(key) ?? Number.NEGATIVE_INFINITY);
      watch.foreign = answer.known && !answer.value;
      return answer;
    }
    // However little is known of how our own signer ended: what begins during the wait is somebody else's.
    const sinceMs = (key: PublicKey) => Math.min(ends.get(key) ?? watch.beganMs, watch.beganMs);
    const answer = await watch.quiet.wait(about, sinceMs);
    if (!answer.known) this.tellWatching(watch.quiet);
    return answer;
  }

  /**
   * Of each key, when our own signer of its set ended; undefined where nothing tells. A set that left its node earlier
   * than the others has an end of its own: whoever signed with it between the two is somebody else.
   */
  private async endsOf({ identity, keySets }: GuardAsk, rights: readonly SigningRight[]) {
    const ended = rights.map((right) => (right.right === 'none' ? undefined : right.sinceMs));
    const lastWriteMs = ended.includes(undefined) ? await this.lastWriteMs(identity) : undefined;
    const ends = new Map<PublicKey, number | undefined>();
    for (const [at, keySet] of keySets.entries())
      for (const key of await this.parts.store.publicKeys([keySet])) ends.set(key, ended[at] ?? lastWriteMs);
    return ends;
  }

  /** Of each set; undefined while the beacon node does not say how long an epoch is. */
  private async rights({
    identity,
    keySets,
    beacon,
  }: GuardAsk): Promise<readonly SigningRight[] | undefined> {
    const { clock } = this.parts;
    const binding = await this.parts.binding();
    const time = await epochTime({ identity, beacon }, clock.nowMs());
    const rights: SigningRight[] = [];
    for (const keySet of keySets) {
      const owner = await this.parts.owners.read(keySet);
      const firstEpochEndMs = time.known ? time.value.startMsOf(1) : 0;
      const wish = await this.wish(keySet, { identity, binding, owner, firstEpochEndMs });
      const right = signingRight(owner, wish, clock.nowMs());
      if (right.right === 'none') this.tell(keySet, right);
      rights.push(right);
    }
    return time.known || strictestRight(rights) === 'none' ? rights : undefined;
  }

  private tell(keySet: string, right: Extract<SigningRight, { right: 'none' }>): void {
    this.told = [...this.told, refusalFinding(right, { keySet, node: this.parts.node })];
  }

  private async wish(
    keySet: string,
    {
      identity,
      binding,
      owner,
      firstEpochEndMs = 0,
    }: {
      identity: NetworkIdentity;
      binding: Binding;
      owner: KeySetOwner | undefined;
      firstEpochEndMs?: number;
    },
  ) {
    const { signed } = owner ?? {};
    const isRemembered =
      signed?.genesisValidatorsRoot === identity.genesisValidatorsRoot &&
      (await vouches(this.parts.store, this.parts.node, signed));
    const { fingerprint } = await this.parts.store.keys([keySet]);
    return {
      node: this.parts.node,
      keysFingerprint: fingerprint,
      binding,
      network: {
        genesisValidatorsRoot: identity.genesisValidatorsRoot,
        iteration: identity.iteration,
        chainId: identity.chainId,
        startMs: (identity.genesisTimeSeconds - this.parts.genesisDelaySeconds) * 1000,
        firstEpochEndMs,
        isRemembered,
      },
    };
  }

  private owners(keySets: readonly string[]): Promise<readonly (KeySetOwner | undefined)[]> {
    return Promise.all(keySets.map((keySet) => this.parts.owners.read(keySet)));
  }

  private watchOf(identity: NetworkIdentity) {
    if (this.watch === undefined || !sameIdentity(this.watch.identity, identity)) {
      const { clock } = this.parts;
      this.watch = { identity, quiet: new QuietWatch(clock), beganMs: clock.nowMs(), foreign: false };
    }
    return this.watch;
  }

  /**
   * Where nobody saw our signer end: when it last wrote into its store. In the image of a machine that was
   * restored this is the age of the image, and whoever signs since then is somebody else.
   */
  private async lastWriteMs(identity: NetworkIdentity): Promise<number | undefined> {
    const path = await this.storePath(identity);
    return path === undefined ? undefined : newestIn(path);
  }

  private async storePath({ genesisValidatorsRoot }: NetworkIdentity): Promise<string | undefined> {
    const last = await newestStore(this.parts.store, genesisValidatorsRoot);
    return last === undefined ? undefined : this.parts.store.protectionPath(last);
  }
}

/** Notes in a key set's record that its signer, if it was this node, has ended. */
export async function noteEnded(
  {
    owners,
    node,
    clock,
    store,
  }: Pick<GuardianParts, 'owners' | 'node' | 'clock'> & { store: ProtectionStores },
  keySet: string,
): Promise<void> {
  await owners.change(keySet, async (owner) => {
    if (owner?.node !== node || owner.signed === undefined || owner.signed.endedAtMs !== undefined)
      return undefined;
    const endedAtMs = clock.nowMs();
    const protection = await protectionAtEnd(store, owner.signed);
    return { ...owner, signed: { ...owner.signed, endedAtMs, ...protection } };
  });
}
