import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-files.ts';
import { moveKeySet as moveInConfig } from '../../config/move-key-set.ts';
import { openInstallation } from '../../storage/files/installation.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { SigningOrders } from '../../storage/files/signing-orders.ts';
import { backUpBefore } from '../backup/backup-before.ts';
import { type ConfigWish, effectiveConfig } from '../effective-config.ts';
import { madeNodes } from '../fleet/made-nodes.ts';
import { withKeyLockAfterBackup } from '../keys/key-sets.ts';
import { openControl, supervisorControl } from '../open-control.ts';
import type { EffectiveConfig, Services } from '../services.ts';
import { validatorErrors } from './errors.ts';
import { lastLook } from './last-look.ts';
import { letGiverGo, reasonToStop } from './let-go.ts';
import { type MoveTold, moveKeys } from './move-keys.ts';
import { handProtection, nodeCalled } from './node-protection.ts';
import { endSigners } from './order-signing.ts';
import { refusalWords } from './refusal-words.ts';
import { withdrawKeys } from './withdraw-keys.ts';

export interface MoveWish {
  readonly config: ConfigWish['config'];
  readonly keySet: string;
  readonly to: string;
  readonly noBackup: boolean;
  /** Told once that a backup is at the keys, and for how long it is waited for. */
  readonly onWait?: ((why: string) => void) | undefined;
  /** Ends that wait; a move that is under way goes on to its end. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Hands a key set of this root over to another of its nodes. Of two at once, the second is refused, and so is an import,
 * a claim or a restore meanwhile; a backup is waited for. Throws EPH-VALIDATORS-*, EPH-BACKUP-BEFORE,
 * EPH-ROOT-LOCKED and EPH-CONTROL-UNREACHABLE.
 */
export async function moveKeySet(
  services: Services,
  wish: MoveWish,
  told: (step: MoveTold) => void,
): Promise<Moved> {
  // One that hangs could not be told: it is refused before the giver is stopped.
  await supervisorControl(services);
  return withKeyLockAfterBackup(services, 'validators move', {
    act: () => moveLocked(services, wish, told),
    onWait: wish.onWait,
    signal: wish.signal,
  });
}

interface Moved {
  readonly keySet: string;
  readonly from: string;
  readonly to: string;
  /** False: it was there already, and nothing was done. */
  readonly moved: boolean;
}

async function moveLocked(
  services: Services,
  { config, keySet, to, noBackup }: MoveWish,
  told: (step: MoveTold) => void,
): Promise<Moved> {
  const effective = await effectiveConfig(services, { config });
  const owners = new KeyOwners(services.paths.keys, services.clock);
  const binding = await openInstallation(services.paths, services);
  const owner = await owners.read(keySet);
  if (binding.state === 'changed') {
    const facts = { keySet, owner: owner?.node ?? to };
    throw validatorErrors.create('EPH-VALIDATORS-NOT-OURS', {
      ...facts,
      ...refusalWords('binding-changed', facts),
    });
  }
  // Handed over already, and killed before the giver was let go on.
  const handedFrom = owner?.node === to ? owner.handedFrom : undefined;
  const from = handedFrom ?? owner?.node ?? configuredNode(effective, keySet);
  checkNodes(effective, { keySet, from, to });
  if (from === to && owner?.movingTo === undefined) return { keySet, from, to, moved: false };
  // Known before the giver is stopped; the networks of other nodes do not matter.
  const made = await madeNodes(effective, services.paths.root, from, to);
  await backUpBefore(services, { config, noBackup, purpose: 'validators move' });
  await moveKeys(
    {
      owners,
      installation: binding.installation,
      told,
      stop: async (node) => {
        await lastLook(services, async () => made, [node]);
        return stop(services, node);
      },
      carry: (source, target) => carry(services, made, { keySet, source, target }),
      withdraw: (source) => withdrawKeys(services, source),
      configure: (source, target) => configure(services, made, { keySet, from: source, to: target }),
      start: (source) => letGiverGo(services, source),
    },
    { keySet, from, to },
  );
  return { keySet, from, to, moved: true };
}

function configuredNode({ config }: EffectiveConfig, keySet: string): string {
  const found = Object.entries(config.nodes).find(([, { validator }]) => validator?.keySets.includes(keySet));
  if (found !== undefined) return found[0];
  throw validatorErrors.create('EPH-VALIDATORS-UNKNOWN-SET', { keySet, known: Object.keys(config.keySets) });
}

function checkNodes(
  { config, id, file }: EffectiveConfig,
  { keySet, from, to }: { keySet: string; from: string; to: string },
): void {
  const nodes = Object.keys(config.nodes);
  for (const node of [from, to]) {
    if (!nodes.includes(node))
      throw validatorErrors.create('EPH-VALIDATORS-UNKNOWN-NODE', { node, known: nodes });
  }
  if (!(keySet in config.keySets))
    throw validatorErrors.create('EPH-VALIDATORS-UNKNOWN-SET', {
      keySet,
      known: Object.keys(config.keySets),
    });
  if (config.nodes[to]?.validator === undefined || file === undefined)
    throw validatorErrors.create('EPH-VALIDATORS-NO-CLIENT', { node: to, config: id });
}

async function carry(
  services: Services,
  config: EffectiveConfig,
  { keySet, source, target }: { keySet: string; source: string; target: string },
): Promise<boolean> {
  const opened = await services.openFleet({ config, emit: () => undefined, readOnly: true });
  try {
    const [giver, taker] = [nodeCalled(opened.nodes, source), nodeCalled(opened.nodes, target)];
    return await handProtection(giver, { taker, file: join(services.paths.keys, keySet, 'moving.json') });
  } finally {
    await opened.close();
  }
}

/** The giver will have fewer keys, on purpose: it knows before it is asked to have them. */
async function configure(
  services: Services,
  config: EffectiveConfig,
  move: { keySet: string; from: string; to: string },
): Promise<void> {
  const { file = '' } = config;
  const { fingerprint } = await keysWithout(services, config, move);
  const control = await openControl(services, { config: file });
  await control.consent({ node: move.from, consent: 'fewer-keys', subject: fingerprint });
  const { mode } = await stat(file);
  await writeFileAtomic(file, moveInConfig(await readFile(file, 'utf8'), file, move));
  await chmod(file, mode & 0o777);
}

/** Whatever the node was told before, and however far a halt or a stop had come that was cut short. */
async function stop(services: Services, node: string): Promise<boolean> {
  const { paths, clock } = services;
  const orders = new SigningOrders(paths, node, clock);
  // One that cannot be read keeps the signers down as well, and is somebody's to look at.
  await orders.change((before) =>
    before?.order === 'run'
      ? { ...before, order: 'stop', reason: reasonToStop, atMs: clock.nowMs() }
      : undefined,
  );
  const { nodes } = await endSigners(services, [node]);
  return nodes.some(({ outcome }) => outcome !== 'was-not-running');
}

async function keysWithout(
  services: Services,
  config: EffectiveConfig,
  { keySet, from }: { keySet: string; from: string },
) {
  const opened = await services.openFleet({ config, emit: () => undefined, readOnly: true });
  try {
    const { setup, environment } = nodeCalled(opened.nodes, from);
    const kept = (setup.validator?.keySets ?? []).filter((each) => each !== keySet);
    return await environment.store.keys(kept);
  } finally {
    await opened.close();
  }
}
