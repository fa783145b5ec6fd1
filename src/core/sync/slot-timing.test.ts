import { describe, expect, it } from 'vitest';
import { epochAt, slotAt, slotTiming } from './slot-timing.ts';

describe('the slot timing of a config.yaml', () => {
  it('is read from either key, and as on the main network where nothing is said', () => {
    expect(slotTiming("PRESET_BASE: 'mainnet'\nSECONDS_PER_SLOT: 6 # short\n")).toEqual({
      slotSeconds: 6,
      slotsPerEpoch: 32,
    });
    expect(slotTiming('PRESET_BASE: minimal\nSLOT_DURATION_MS: 2000')).toEqual({
      slotSeconds: 2,
      slotsPerEpoch: 8,
    });
    expect(slotTiming('SECONDS_PER_SLOT: 0\nSLOTS_PER_EPOCH: many')).toEqual({
      slotSeconds: 12,
      slotsPerEpoch: 32,
    });
  });

  it('makes slots and epochs of moments', () => {
    const timing = { slotSeconds: 12, slotsPerEpoch: 32 };
    expect(slotAt(1_000, timing, 1_000_000)).toBe(0);
    expect(slotAt(1_000, timing, 999_999)).toBe(-1);
    expect(epochAt(1_000, timing, 1_000_000 + 384_000)).toBe(1);
    expect(epochAt(1_000, timing, 0)).toBeLessThan(0);
  });
});
