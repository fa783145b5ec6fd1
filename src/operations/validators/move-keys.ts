import type { KeySetOwner } from '../../core/keys/ownership.ts';
import type { MoveStep } from '../../core/keys/ownership-move.ts';
import type { KeyOwners } from '../../storage/files/key-owners.ts';
import { validatorErrors } from './errors.ts';

/** What a move acts through: each can be done twice without harm. */
export interface MoveParts {
  readonly owners: Pick<KeyOwners, 'read' | 'change'>;
  readonly installation: string;
  /**
   * Ends the signer of a node, whatever it was told before, and keeps it down; true when there was something to end.
   * Rejects while it is not certain that it has ended.
   */
  stop(node: string): Promise<boolean>;
  /** Gives the one node what the other signed; false when they are on different networks. */
  carry(from: string, to: string): Promise<boolean>;
  /** Leaves the giver, whose signer is down, no copy of a key in its programs' own places. */
  withdraw(from: string): Promise<void>;
  /** Writes the move into the configuration. */
  configure(from: string, to: string): Promise<void>;
  /** Lets the nodes go on, and the new one start when its guard lets it. */
  start(from: string, to: string): Promise<void>;
  readonly told: (step: MoveTold) => void;
}

/** A step that is done; `not-carried` stands for `carried` where the other node could be given nothing. */
export type MoveTold = MoveStep | 'not-carried';

interface Move {
  readonly keySet: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Hands a key set over to another node: stop, take slashing protection along, configure, hand over, start. From the
 * first moment to the last the record says that it moves, and neither node may sign. Each step is on record before
 * the next: given again after a kill, the command goes on where it was. Whoever gives it holds the lock on all key
 * sets. Throws EPH-VALIDATORS-MOVING-ELSEWHERE and EPH-VALIDATORS-MOVE-OVERTAKEN.
 */
export async function moveKeys(parts: MoveParts, move: Move): Promise<void> {
  const { keySet, to } = move;
  // What an earlier move had left to do, before its record is written over.
  await finish(parts, keySet);
  const before = await parts.owners.read(keySet);
  if (before?.movingTo === undefined && before?.node === to) return parts.told('handed-over');
  if (before?.movingTo !== undefined && before.movingTo !== to)
    throw validatorErrors.create('EPH-VALIDATORS-MOVING-ELSEWHERE', { keySet, to: before.movingTo });
  const source = before?.node ?? move.from;
  const note = noteIn(parts, { ...move, from: source });
  let { moved = await note('begun') } = before ?? {};
  // However far it had come: what was started since must not sign on, and what that signed goes along.
  if (moved !== 'begun' && before?.moved !== undefined && (await parts.stop(source)))
    moved = await note('begun');
  if (moved === 'begun') {
    await parts.stop(source);
    moved = await note('stopped');
  }
  if (moved === 'stopped') {
    const isCarried = await parts.carry(source, to);
    moved = await note('carried', isCarried ? {} : { revise: withoutPast, told: 'not-carried' });
  }
  if (moved === 'carried') {
    await parts.configure(source, to);
    await note('configured');
  }
  await parts.withdraw(source);
  await handOver(parts, { ...move, from: source });
  await finish(parts, keySet);
  parts.told('handed-over');
}

type Revise = (owner: KeySetOwner) => KeySetOwner;

/** Puts a step on record; what a stop noted of the end stays in it. */
function noteIn(parts: MoveParts, { keySet, from, to }: Move) {
  return async (
    moved: MoveStep,
    { revise = (owner) => owner, told = moved }: { readonly revise?: Revise; readonly told?: MoveTold } = {},
  ): Promise<MoveStep> => {
    await parts.owners.change(keySet, (owner = { node: from, installation: parts.installation }) => {
      const isOurs = owner.node === from && (owner.movingTo ?? to) === to;
      if (!isOurs || (moved !== 'begun' && owner.movingTo === undefined)) throw overtaken(keySet);
      return revise({ ...owner, movingTo: to, moved });
    });
    parts.told(told);
    return moved;
  };
}

function handOver({ owners, installation }: MoveParts, { keySet, from, to }: Move): Promise<unknown> {
  return owners.change(keySet, (owner) => {
    if (owner?.node !== from || owner.movingTo !== to || owner.moved !== 'configured')
      throw overtaken(keySet);
    const { signed } = owner;
    return { node: to, installation, handedFrom: from, ...(signed === undefined ? {} : { signed }) };
  });
}

/** The giver's other keys go on; on record until it is done, because a kill may come before. */
async function finish(parts: MoveParts, keySet: string): Promise<void> {
  const owner = await parts.owners.read(keySet);
  if (owner?.handedFrom === undefined) return;
  await parts.start(owner.handedFrom, owner.node);
  await parts.owners.change(keySet, (now) => {
    if (now === undefined || now.handedFrom !== owner.handedFrom) return undefined;
    const { handedFrom: _done, ...rest } = now;
    return rest;
  });
}

function overtaken(keySet: string) {
  return validatorErrors.create('EPH-VALIDATORS-MOVE-OVERTAKEN', { keySet });
}

/** Without the protection, what was signed is no reason to start at once. */
function withoutPast({ signed: _signed, ...owner }: KeySetOwner): KeySetOwner {
  return owner;
}
