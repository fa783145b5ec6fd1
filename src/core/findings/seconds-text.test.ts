import { describe, expect, it } from 'vitest';
import { secondsText } from './seconds-text.ts';

describe('seconds in a finding', () => {
  it('are said as people say them', () => {
    expect(secondsText(774_423)).toBe('8d 23h');
    expect(secondsText(45)).toBe('45s');
  });

  it('stay the name of the fact in the reference', () => {
    expect(secondsText('{lateSeconds}' as unknown as number)).toBe('{lateSeconds} s');
  });
});
