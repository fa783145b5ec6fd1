import { describe, expect, it } from 'vitest';
import { devnetPorts, firstPort, nodePorts } from './first-port.ts';

const roots = Array.from({ length: 300 }, (_, index) => `/home/operator-${index}/.local/share/ephemery`);

describe.each([
  ['nodes', nodePorts, 21_000, 30_000],
  ['local networks', devnetPorts, 20_000, 21_000],
] as const)('the first port for %s of a root', (_, range, from, to) => {
  it('is the same each time, in its range, and seldom that of another root', () => {
    const ports = roots.map((root) => firstPort(root, range));
    expect(roots.map((root) => firstPort(root, range))).toEqual(ports);
    expect(Math.min(...ports)).toBeGreaterThanOrEqual(from);
    expect(Math.max(...ports) + range.step).toBeLessThanOrEqual(to);
    const different = new Set(ports).size;
    // As many as chance gives when so many roots are thrown on so many beginnings, less a tenth.
    const byChance = range.beginnings * (1 - (1 - 1 / range.beginnings) ** roots.length);
    expect(different).toBeGreaterThan(byChance * 0.9);
    expect(ports.every((port) => (port - range.first) % range.step === 0)).toBe(true);
  });
});
