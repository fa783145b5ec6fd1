import { defineConfig } from 'vitest/config';

// One project a kind of test, because kinds differ in cost: `npm run test:<kind>` runs one.
// No kind retries; a flaky test is a defect.
const kind = (name: string, include: string[], testTimeout: number, more: object = {}) => ({
  test: { name, include, testTimeout, hookTimeout: testTimeout, retry: 0, ...more },
});

export default defineConfig({
  test: {
    projects: [
      kind('unit', ['src/**/*.test.ts'], 20_000),
      kind('tidy', ['test/tidy/**/*.test.ts'], 60_000),
      kind('golden', ['test/golden/**/*.test.ts'], 60_000),
      kind('simulation', ['test/simulation/**/*.test.ts'], 120_000),
      // Real processes and ports: one file at a time, so that each has the machine to itself.
      kind('integration', ['test/integration/**/*.test.ts'], 600_000, { fileParallelism: false }),
    ],
  },
});
