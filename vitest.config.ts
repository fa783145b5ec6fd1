import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './test/support/summary-reporter.ts';

interface Kind {
  readonly name: string;
  readonly include: readonly string[];
  readonly timeoutMs: number;
  readonly oneFileAtATime?: true;
}

// One project a kind of test, because kinds differ in cost: `npm run test:<kind>` runs one.
// No kind retries; a flaky test is a defect. A test that asserts nothing fails.
const kinds: readonly Kind[] = [
  { name: 'unit', include: ['src/**/*.test.ts', 'tools/**/*.test.ts'], timeoutMs: 20_000 },
  { name: 'tidy', include: ['test/tidy/**/*.test.ts'], timeoutMs: 60_000 },
  { name: 'docs', include: ['test/docs/**/*.test.ts'], timeoutMs: 60_000 },
  { name: 'golden', include: ['test/golden/**/*.test.ts'], timeoutMs: 60_000 },
  { name: 'simulation', include: ['test/simulation/**/*.test.ts'], timeoutMs: 120_000 },
  // Real processes and ports: one file at a time, so that each has the machine to itself.
  {
    name: 'integration',
    include: ['test/integration/**/*.test.ts'],
    timeoutMs: 600_000,
    oneFileAtATime: true,
  },
  // Clients that are on the PATH, through resets of networks of our own. Not part of `npm test`.
  { name: 'clients', include: ['test/clients/**/*.test.ts'], timeoutMs: 300_000, oneFileAtATime: true },
];

export default defineConfig({
  test: {
    reporters: ['default', new SummaryReporter()],
    projects: kinds.map(({ name, include, timeoutMs, oneFileAtATime }) => ({
      test: {
        name,
        include: [...include],
        testTimeout: timeoutMs,
        hookTimeout: timeoutMs,
        retry: 0,
        setupFiles: ['test/support/property-seed.ts'],
        expect: { requireAssertions: true },
        fileParallelism: oneFileAtATime !== true,
      },
    })),
  },
});
