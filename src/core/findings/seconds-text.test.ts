import { describe, expect, it } from 'vitest';
import { secondsText, timeText } from './seconds-text.ts';

describe('seconds in a finding', () => {
  it('are said as people say them', () => {
    expect(secondsText(774_423)).toBe('8d 23h');
    expect(secondsText(45)).toBe('45s');
  });

  it('stay the name of the fact in the reference', () => {
    expect(secondsText('{lateSeconds}' as unknown as number)).toBe('{lateSeconds} s');
  });
});

describe('a time in a finding', () => {
  it('is said in UTC, and stays the name of the fact in the reference', () => {
    expect(timeText(1_797_534_600)).toBe('2026-12-17T19:10:00.000Z');
    expect(timeText('{genesisTimeSeconds}' as unknown as number)).toBe('{genesisTimeSeconds}');
  });
});
