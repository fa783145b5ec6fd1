/** The arithmetic of slots on the wall clock; times in milliseconds since the Unix epoch. */
export interface SlotTimes {
  readonly genesisMs: number;
  readonly slotMs: number;
}

/** The slot at this moment; -1 before genesis. */
export function slotAt({ genesisMs, slotMs }: SlotTimes, nowMs: number): number {
  return nowMs < genesisMs ? -1 : Math.floor((nowMs - genesisMs) / slotMs);
}

export function slotStartMs({ genesisMs, slotMs }: SlotTimes, slot: number): number {
  return genesisMs + slot * slotMs;
}
