import { SigningOrders } from '../../storage/files/signing-orders.ts';
import { supervisorControl } from '../open-control.ts';
import type { Services } from '../services.ts';

/** With which a move stops the node that gives keys away. */
export const reasonToStop = 'its keys are moving';

/** What a node was told by a move is taken back; what others than a move said holds. Tells whether there was anything. */
export async function letGo(
  { paths, clock }: Pick<Services, 'paths' | 'clock'>,
  node: string,
): Promise<boolean> {
  let isAllowed = false;
  await new SigningOrders(paths, node, clock).change((before) => {
    isAllowed = before?.order === 'stop' && before.reason === reasonToStop;
    return isAllowed && before !== undefined
      ? { ...before, order: 'run', reason: 'moved', atMs: clock.nowMs() }
      : undefined;
  });
  return isAllowed;
}

/**
 * First the nodes learn whose the keys are now, and only then may the giver sign with what it kept: before, its keys
 * would be somebody else's. The taker starts when its guard lets it.
 */
export async function letGiverGo(services: Services, from: string): Promise<void> {
  const supervisor = await supervisorControl(services);
  await supervisor?.apply();
  // It would look by itself before long.
  if (await letGo(services, from)) await supervisor?.apply();
}
