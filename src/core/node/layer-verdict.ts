import { identityName, type NetworkIdentity } from '../network/identity.ts';
import { type FolderChoice, folderOf } from './chain-folders.ts';
import type { ChainLayer, DesiredNode } from './desired.ts';
import { carriedBy, layersOf, unitOf } from './hosting.ts';
import type { JournalState } from './journal-state.ts';
import type { ObservedNode, ObservedUnit } from './observed.ts';
import { consensusVerdict, executionVerdict, type IdentityVerdict } from './verdict.ts';

/** An API that names a wrong network once may have been somebody else's for a moment. */
export const wrongBeforeBelieved = 3;

/** Where a chain layer stands, seen from the network it should be on. `choice` is where its data are or will be. */
export type LayerVerdict = { readonly choice: FolderChoice } & (
  | { readonly state: 'unknown'; readonly reason: string }
  /** Runs, and nobody knows on what. */
  | { readonly state: 'stray' }
  /** Was being started on the right data when we lost sight of it. */
  | { readonly state: 'unconfirmed' }
  | { readonly state: 'off' }
  /** Runs on other data, as another client or with other settings. */
  | {
      readonly state: 'elsewhere';
      readonly sameData: boolean;
      readonly givenUp: boolean;
      readonly wasWrong: boolean;
    }
  /** Runs on the right data, but is sure to be on another network. */
  | { readonly state: 'wrong'; readonly folder: string }
  | { readonly state: 'unproven' }
  /** Was proven on these data, and does not say otherwise now. */
  | { readonly state: 'proven'; readonly answers: boolean }
);

export function isProven(
  journal: JournalState,
  layer: ChainLayer,
  at: { folder: string; client: string },
): boolean {
  return journal.proven.some((p) => p.layer === layer && p.folder === at.folder && p.client === at.client);
}

interface Situation {
  readonly desired: DesiredNode;
  readonly observed: ObservedNode;
  readonly identity: NetworkIdentity;
}

/** Judges one layer of a node against an identity: by the unit that it runs in, and by what it says itself. */
function judgeLayer(layer: ChainLayer, { desired, observed, identity }: Situation): LayerVerdict {
  const on = unitOf(desired, layer);
  const { client, fingerprint } = desired[on];
  const choice = folderOf(layer, { desired, identity }, observed);
  const unit = unitSeen(layer, on, observed);
  if (unit.state === 'unknown') return { choice, state: 'unknown', reason: unit.reason };
  if (unit.state === 'off') return { choice, state: 'off' };
  const at = { client, fingerprint, folder: choice.folder };
  if (unit.state === 'stray') {
    const started = observed.journal.starting[on];
    const ours = started !== undefined && choice.ready && isSameRun(started, at);
    return { choice, state: ours ? 'unconfirmed' : 'stray' };
  }
  const run = observed.journal.runs[on];
  if (run === undefined) return { choice, state: 'stray' };
  if (!isSameRun(run, at)) {
    const together = layersOf(desired, on);
    const { condemned: all } = observed.journal;
    const condemned = all.find((c) => together.includes(c.layer) && c.folder === run.folder);
    const isInside = on === layer || run.carries === carriedBy(desired, on);
    return {
      choice,
      state: 'elsewhere',
      sameData: run.folder === choice.folder && run.client === client && isInside,
      givenUp: condemned !== undefined || run.identity !== identityName(identity),
      wasWrong: condemned?.reason === 'wrong-network',
    };
  }
  const verdict = identityVerdict(layer, observed, identity);
  if (verdict === 'wrong' && observed.wrongInARow[layer] >= wrongBeforeBelieved) {
    return { choice, state: 'wrong', folder: run.folder };
  }
  const here = { folder: run.folder, client: desired[layer].client };
  if (!isProven(observed.journal, layer, here)) return { choice, state: 'unproven' };
  return { choice, state: 'proven', answers: verdict === 'right' };
}

/** A unit of its own that a layer had before it ran inside another's must be known to be gone. */
function unitSeen(layer: ChainLayer, on: ChainLayer, { units }: ObservedNode): ObservedUnit {
  return units[layer].state === 'unknown' ? units[layer] : units[on];
}

export type LayerVerdicts = Readonly<Record<ChainLayer, LayerVerdict>>;

/** Judges both chain layers of a node against an identity. */
export function judgeLayers(situation: Situation): LayerVerdicts {
  return { execution: judgeLayer('execution', situation), consensus: judgeLayer('consensus', situation) };
}

/** What the layer says of an identity now. */
export function identityVerdict(
  layer: ChainLayer,
  observed: ObservedNode,
  identity: NetworkIdentity,
): IdentityVerdict {
  return layer === 'execution'
    ? executionVerdict(observed.execution, identity)
    : consensusVerdict(observed.consensus, identity);
}

function isSameRun(
  run: { client: string; fingerprint: string; folder: string },
  at: { client: string; fingerprint: string; folder: string },
): boolean {
  return run.client === at.client && run.fingerprint === at.fingerprint && run.folder === at.folder;
}
