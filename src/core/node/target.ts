import type { Finding } from '../findings/finding.ts';
import { nodeFindings } from '../findings/node.ts';
import type { ReleaseBundle } from '../network/bundle.ts';
import { reachesFork } from '../network/forks.ts';
import { identityName, type NetworkIdentity, sameIdentity } from '../network/identity.ts';
import { iterationAt, scheduleOf } from '../network/schedule.ts';
import { folderOf } from './chain-folders.ts';
import { chainLayers, type DesiredNode, nodeLayers } from './desired.ts';
import { adoptedIdentity, hasConsent, type JournalState } from './journal-state.ts';
import type { ObservedNode } from './observed.ts';

/** A measured skew above this keeps a reset, or a first start, from beginning; whoever measures it tells of lesser ones. */
const blockSkewMs = 120_000;
const longestLateMs = 300_000;

/** Which network the node should be on now, and how far it may go to get there. */
export interface Target {
  readonly identity: NetworkIdentity;
  /** Absent when its files are not on the disk: what runs may go on, nothing can be started. */
  readonly bundle?: ReleaseBundle;
  /** False when the iteration is over and the next cannot begin yet. */
  readonly validatorMayRun: boolean;
  /** False while the chain clients are to be left as they are. */
  readonly mayMove: boolean;
}

export interface Choice {
  /** Of the three facts, the one by the clock; absent before the network begins. */
  readonly wanted?: number;
  readonly target?: Target;
  /** The iteration whose release is waited for. */
  readonly awaits?: number;
  readonly findings: readonly Finding[];
}

interface Situation {
  readonly desired: DesiredNode;
  readonly observed: ObservedNode;
  readonly nowMs: number;
}

type BundlePick =
  | { readonly bundle: ReleaseBundle; readonly findings: readonly Finding[] }
  | { readonly bundle?: undefined; readonly findings: readonly Finding[] };

/** Chooses the target: the clock's iteration unless a rule of the domain says to stay. */
export function chooseTarget(situation: Situation): Choice {
  const { desired, nowMs } = situation;
  const clock = iterationAt(desired.network, nowMs);
  if (clock < 0) return { findings: [notBegun(desired)] };
  const { wanted, findings } = notBelowProven(situation, clock);
  const stay = reasonToStay(situation, wanted);
  if (stay !== undefined) return { wanted, ...stay, findings: [...findings, ...stay.findings] };
  const chosen = chooseBundle(situation, wanted);
  return { wanted, ...chosen, findings: [...findings, ...chosen.findings] };
}

/** Iterations whose verified bundles a plan may need: the wanted, the adopted, and the next. */
export function iterationsOfInterest(seen: {
  readonly desired: DesiredNode;
  readonly journal: JournalState;
  readonly nowMs: number;
}): readonly number[] {
  const clock = iterationAt(seen.desired.network, seen.nowMs);
  const adopted = adoptedIdentity(seen.journal)?.iteration;
  const proven = seen.journal.highestProven;
  const numbers = [clock, clock + 1, adopted, proven].filter((n): n is number => n !== undefined && n >= 0);
  return [...new Set(numbers)];
}

function notBegun(desired: DesiredNode): Finding {
  const { name: network, baseTimeSeconds } = desired.network;
  return nodeFindings.create(
    'EPH-NODE-NETWORK-NOT-BEGUN',
    { network, baseTimeSeconds },
    { node: desired.name, network },
  );
}

function notBelowProven({ desired, observed }: Situation, clock: number) {
  const proven = observed.journal.highestProven;
  if (proven === undefined || clock >= proven) return { wanted: clock, findings: [] };
  if (hasConsent(observed.journal, 'older-iteration', String(clock))) return { wanted: clock, findings: [] };
  const facts = { wanted: clock, proven };
  return {
    wanted: proven,
    findings: [nodeFindings.create('EPH-NODE-CLOCK-BEHIND', facts, { node: desired.name })],
  };
}

/** A measured wrong clock or a hold keep the node on the network where it is; before the first start, on none. */
function reasonToStay(
  situation: Situation,
  wanted: number,
): { target?: Target; findings: readonly Finding[] } | undefined {
  const { desired, observed } = situation;
  const adopted = adoptedIdentity(observed.journal);
  if (adopted?.iteration === wanted) return undefined;
  const subject = { node: desired.name };
  const skew = observed.clockSkewMs;
  if (skew.known && Math.abs(skew.value) > blockSkewMs) {
    const facts = { skewMs: skew.value, wanted };
    const findings = [nodeFindings.create('EPH-NODE-CLOCK-BLOCKS-RESET', facts, subject)];
    if (adopted === undefined) return { findings };
    // Whether the iteration is over is exactly what a wrong clock cannot tell: the validator goes on.
    return {
      target: { ...onAdopted(situation, adopted), validatorMayRun: true, mayMove: true },
      findings,
    };
  }
  if (!observed.journal.held || adopted === undefined) return undefined;
  return {
    target: { ...onAdopted(situation, adopted), validatorMayRun: false, mayMove: false },
    findings: [nodeFindings.create('EPH-NODE-RESET-HELD', { wanted }, subject)],
  };
}

function onAdopted({ observed }: Situation, identity: NetworkIdentity): Pick<Target, 'identity' | 'bundle'> {
  const bundle = observed.bundles.find((held) => sameIdentity(held.identity, identity));
  return bundle === undefined ? { identity } : { identity, bundle };
}

function chooseBundle(situation: Situation, wanted: number): Omit<Choice, 'wanted'> {
  const { observed } = situation;
  const picked = pickBundle(situation, wanted);
  const adopted = adoptedIdentity(observed.journal);
  if (picked.bundle !== undefined) {
    const target = { identity: picked.bundle.identity, bundle: picked.bundle };
    const refusals = [...diskFindings(situation, target.identity), ...forkFindings(situation, picked.bundle)];
    if (refusals.length === 0) {
      return { target: { ...target, validatorMayRun: true, mayMove: true }, findings: picked.findings };
    }
    const { target: stayed } = stayedOn(situation, adopted, wanted);
    const findings = [...picked.findings, ...refusals];
    return stayed === undefined ? { findings } : { target: { ...stayed, mayMove: false }, findings };
  }
  const told = picked.findings.length > 0 || adopted?.iteration === wanted;
  // On a full disk no release can be fetched either: that it is late is then not the news.
  const cramped = adopted?.iteration === wanted ? [] : roomFindings(situation);
  const late = told || cramped.length > 0 ? [] : lateFindings(situation, wanted);
  const findings = [...picked.findings, ...cramped, ...late];
  return { ...stayedOn(situation, adopted, wanted), awaits: wanted, findings };
}

/** Without a way forward: what runs goes on, the validator only if its iteration is not over. */
function stayedOn(
  situation: Situation,
  adopted: NetworkIdentity | undefined,
  wanted: number,
): { target?: Target } {
  if (adopted === undefined) return {};
  const here = adopted.iteration === wanted;
  return { target: { ...onAdopted(situation, adopted), validatorMayRun: here, mayMove: here } };
}

/** Of several verified bundles of one iteration the one adopted before wins, unless consent names another. */
function pickBundle({ desired, observed }: Situation, wanted: number): BundlePick {
  const held = observed.bundles.filter((bundle) => bundle.identity.iteration === wanted);
  const known = observed.journal.adopted.filter((identity) => identity.iteration === wanted);
  const last = known.at(-1);
  if (last === undefined) return pickNew({ desired, observed, held });
  // What came before the one that the node is on was passed over then.
  const later = held.slice(held.findIndex(({ identity }) => sameIdentity(identity, last)) + 1);
  const stranger = later.findLast(({ identity }) => !known.some((k) => sameIdentity(k, identity)));
  if (stranger !== undefined && consentedTo(observed, stranger)) return { bundle: stranger, findings: [] };
  const findings = stranger === undefined ? [] : [changedFinding(desired, last, stranger)];
  const same = held.find(({ identity }) => sameIdentity(identity, last));
  return same === undefined ? { findings } : { bundle: same, findings };
}

function consentedTo(observed: ObservedNode, bundle: ReleaseBundle): boolean {
  return hasConsent(observed.journal, 'changed-identity', identityName(bundle.identity));
}

function changedFinding(desired: DesiredNode, known: NetworkIdentity, offered: ReleaseBundle): Finding {
  const facts = {
    iteration: known.iteration,
    known: identityName(known),
    offered: identityName(offered.identity),
  };
  const subject = { node: desired.name, network: desired.network.name };
  return nodeFindings.create('EPH-NODE-IDENTITY-CHANGED', facts, subject);
}

function pickNew(seen: Omit<Situation, 'nowMs'> & { held: readonly ReleaseBundle[] }): BundlePick {
  const [first] = seen.held;
  const last = seen.held.at(-1);
  if (first === undefined || last === undefined) return { findings: [] };
  // Published a second time before anybody was on it: what was verified first stays, until a person says otherwise.
  const isAnother = !sameIdentity(first.identity, last.identity);
  const bundle = isAnother && consentedTo(seen.observed, last) ? last : first;
  const again = isAnother && bundle === first ? [changedFinding(seen.desired, first.identity, last)] : [];
  const changed = scheduleFindings(seen.desired, bundle);
  const release = identityName(bundle.identity);
  if (changed.length > 0 && !hasConsent(seen.observed.journal, 'changed-schedule', release)) {
    return { findings: [...again, ...changed] };
  }
  return { bundle, findings: again };
}

function scheduleFindings(desired: DesiredNode, bundle: ReleaseBundle): readonly Finding[] {
  const { periodSeconds, genesisDelaySeconds } = desired.network;
  const start = scheduleOf(desired.network, bundle.identity.iteration).startSeconds;
  const show = (s: number, p: number, d: number) => `start ${s}, period ${p} s, delay ${d} s`;
  const expected = show(start, periodSeconds, genesisDelaySeconds);
  const published = show(bundle.startSeconds, bundle.periodSeconds, bundle.genesisDelaySeconds);
  if (expected === published) return [];
  const facts = { release: identityName(bundle.identity), expected, published };
  return [nodeFindings.create('EPH-NODE-SCHEDULE-CHANGED', facts, { node: desired.name })];
}

function lateFindings({ desired, nowMs }: Situation, iteration: number): readonly Finding[] {
  const lateMs = nowMs - scheduleOf(desired.network, iteration).startSeconds * 1000;
  // Short networks tell sooner: a quarter of a two-minute life is late enough.
  if (lateMs < Math.min(longestLateMs, desired.network.periodSeconds * 250)) return [];
  const facts = { network: desired.network.name, iteration, lateSeconds: Math.floor(lateMs / 1000) };
  return [nodeFindings.create('EPH-NODE-RELEASE-LATE', facts, { node: desired.name })];
}

/** Room is only asked for where a new directory has to be made. */
function diskFindings({ desired, observed }: Situation, identity: NetworkIdentity): readonly Finding[] {
  const ready = chainLayers.every((layer) => {
    return folderOf(layer, { desired, identity }, observed).ready;
  });
  return ready ? [] : roomFindings({ desired, observed });
}

function roomFindings({ desired, observed }: Pick<Situation, 'desired' | 'observed'>): readonly Finding[] {
  const free = observed.freeBytes;
  if (!free.known || free.value >= desired.minimumFreeBytes) return [];
  const facts = { freeBytes: free.value, neededBytes: desired.minimumFreeBytes };
  return [nodeFindings.create('EPH-NODE-DISK-LOW', facts, { node: desired.name })];
}

/** A client that does not know the network's rules would fall off it, so it is not started there. */
function forkFindings({ desired }: Situation, bundle: ReleaseBundle): readonly Finding[] {
  return nodeLayers.flatMap((layer) => {
    const wanted = desired[layer];
    if (wanted === undefined || reachesFork(wanted.reaches, bundle.highestFork)) return [];
    const facts = { layer, client: wanted.client, reaches: wanted.reaches, needs: bundle.highestFork };
    return [nodeFindings.create('EPH-NODE-CLIENT-TOO-OLD', facts, { node: desired.name, layer })];
  });
}
