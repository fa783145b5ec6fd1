import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import type { ActiveChaos } from './active-chaos.ts';
import { chaosCommand } from './chaos-command.ts';

const note = z.strictObject({
  version: z.literal(1),
  orders: z.array(
    z.strictObject({
      command: chaosCommand,
      fromSlot: z.int(),
      toSlot: z.int().optional(),
      /** By the wall clock, as the monotonic one begins anew with each process. */
      endsAtMs: z.number().optional(),
    }),
  ),
});

/** The orders in force as they are kept over a restart. */
export function encodeOrders(orders: readonly ActiveChaos[], clock: Clock): Uint8Array {
  const endOf = (untilMs: number) => clock.nowMs() + untilMs - clock.monotonicMs();
  const kept = orders.map(({ command, fromSlot, toSlot, untilMs }) => ({
    command,
    fromSlot,
    ...(Number.isFinite(toSlot) ? { toSlot } : {}),
    ...(Number.isFinite(untilMs) ? { endsAtMs: endOf(untilMs) } : {}),
  }));
  return Buffer.from(JSON.stringify({ version: 1, orders: kept }));
}

/** Throws for what is no such note. A wall clock that was set back makes no order longer than it was. */
export function decodeOrders(bytes: Uint8Array, clock: Clock): ActiveChaos[] {
  const { orders } = note.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  return orders.map(({ command, fromSlot, toSlot = Infinity, endsAtMs = Infinity }) => {
    const longestMs = 'durationMs' in command ? command.durationMs : Infinity;
    const leftMs = Math.min(endsAtMs - clock.nowMs(), longestMs);
    return { command, fromSlot, toSlot, untilMs: clock.monotonicMs() + leftMs };
  });
}
