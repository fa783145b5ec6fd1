/** How a network counts time once its consensus genesis is past. */
export interface SlotTiming {
  readonly slotSeconds: number;
  readonly slotsPerEpoch: number;
}

/** As on the main network, and on most others. */
export const usualTiming: SlotTiming = { slotSeconds: 12, slotsPerEpoch: 32 };

/**
 * Slot and epoch lengths of a consensus `config.yaml`. What it does not say is as on the main network.
 * Source: ethereum/consensus-specs, SECONDS_PER_SLOT (SLOT_DURATION_MS since Gloas) and the presets.
 */
export function slotTiming(configText: string): SlotTiming {
  const value = (key: string) =>
    new RegExp(`^${key}:\\s*['"]?([A-Za-z0-9]+)['"]?\\s*(?:#.*)?$`, 'm').exec(configText)?.[1];
  const seconds = Number(value('SECONDS_PER_SLOT') ?? Number(value('SLOT_DURATION_MS')) / 1_000);
  const slotsPerEpoch = Number(value('SLOTS_PER_EPOCH') ?? (value('PRESET_BASE') === 'minimal' ? 8 : 32));
  return {
    slotSeconds: seconds > 0 && seconds <= 3_600 ? seconds : usualTiming.slotSeconds,
    slotsPerEpoch: slotsPerEpoch >= 1 && slotsPerEpoch <= 1_024 ? slotsPerEpoch : usualTiming.slotsPerEpoch,
  };
}

/** The slot of a moment; below zero before the genesis. */
export function slotAt(genesisTimeSeconds: number, { slotSeconds }: SlotTiming, nowMs: number): number {
  return Math.floor((nowMs / 1_000 - genesisTimeSeconds) / slotSeconds);
}

/** The epoch of a moment; below zero before the genesis. */
export function epochAt(genesisTimeSeconds: number, timing: SlotTiming, nowMs: number): number {
  return Math.floor(slotAt(genesisTimeSeconds, timing, nowMs) / timing.slotsPerEpoch);
}
