import type { KeySetOwner } from '../../core/keys/ownership.ts';
import type { MoveStep } from '../../core/keys/ownership-move.ts';
import type { KeyOwners } from '../../storage/files/key-owners.ts';
import { validatorErrors } from './errors.ts';

/** What a move acts through: each can be done twice without harm. */
export interface MoveParts {
  readonly owners: Pick<KeyOwners, 'read' | 'write'>;
  readonly installation: string;
  /** Ends the signer of a node, and keeps it down. Rejects while it is not certain that it has ended. */
  stop(node: string): Promise<void>;
  /** Gives the one node what the other signed; false when they are on different networks. */
  carry(from: string, to: string): Promise<boolean>;
  /** Writes the move into the configuration. */
  configure(from: string, to: string): Promise<void>;
  /** Lets the nodes go on, and the new one start when its guard lets it. */
  start(from: string, to: string): Promise<void>;
  readonly told: (step: MoveStep) => void;
}

/**
 * Hands a key set over to another node: stop, take slashing protection along, configure, hand over, start. From the
 * first moment to the last the record says that it moves, and neither node may sign. Each step is on record before
 * the next: given again after a kill, the command goes on where it was. Throws EPH-VALIDATORS-MOVING-ELSEWHERE.
 */
export async function moveKeys(
  parts: MoveParts,
  { keySet, from, to }: { readonly keySet: string; readonly from: string; readonly to: string },
): Promise<void> {
  let owner: KeySetOwner = (await parts.owners.read(keySet)) ?? {
    node: from,
    installation: parts.installation,
  };
  if (owner.movingTo === undefined && owner.node === to) return finish(parts, { from, to });
  if (owner.movingTo !== undefined && owner.movingTo !== to)
    throw validatorErrors.create('EPH-VALIDATORS-MOVING-ELSEWHERE', { keySet, to: owner.movingTo });
  const source = owner.node;
  const note = async (moved: MoveStep) => {
    owner = { ...owner, movingTo: to, moved };
    await parts.owners.write(keySet, owner);
    parts.told(moved);
  };
  if (owner.moved === undefined) await note('begun');
  if (owner.moved === 'begun') {
    await parts.stop(source);
    // The end that the stop noted goes with the keys.
    owner = { ...owner, ...signedOf(await parts.owners.read(keySet)) };
    await note('stopped');
  }
  if (owner.moved === 'stopped') {
    const isCarried = await parts.carry(source, to);
    if (!isCarried) owner = withoutPast(owner);
    await note('carried');
  }
  if (owner.moved === 'carried') {
    await parts.configure(source, to);
    await note('configured');
  }
  await parts.owners.write(keySet, { node: to, installation: parts.installation, ...signedOf(owner) });
  await finish(parts, { from: source, to });
}

async function finish(parts: MoveParts, { from, to }: { from: string; to: string }): Promise<void> {
  await parts.start(from, to);
  parts.told('handed-over');
}

function signedOf(owner: KeySetOwner | undefined): Pick<KeySetOwner, 'signed'> {
  return owner?.signed === undefined ? {} : { signed: owner.signed };
}

/** Without the protection, what was signed is no reason to start at once. */
function withoutPast({ signed: _signed, ...owner }: KeySetOwner): KeySetOwner {
  return owner;
}
