import { describe, expect, it } from 'vitest';
import { isEcho, unsuitableHost } from './run-process.ts';

describe('where the program runs', () => {
  it.each([
    ['linux', '20.19.0', undefined],
    ['darwin', '24.1.0', undefined],
    ['linux', '20.18.3', 'EPH-CLI-NODE'],
    ['linux', '18.20.0', 'EPH-CLI-NODE'],
    ['win32', '22.0.0', 'EPH-CLI-WINDOWS'],
  ] as const)('on %s with Node %s: %s', (platform, version, code) => {
    const refusal = unsuitableHost(platform, version);
    expect(refusal?.code).toBe(code);
    if (platform === 'win32') expect(refusal?.remedy).toContain('WSL2');
  });
});

describe('a second Ctrl-C', () => {
  it('is the same press when npm passes it on at once, and one of its own otherwise', () => {
    const env = { npm_lifecycle_event: 'start' };
    expect([isEcho(env, 5), isEcho(env, 1_500), isEcho({}, 5)]).toEqual([true, false, false]);
  });
});
