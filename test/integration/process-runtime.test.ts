import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conformanceCases } from '../../src/runtimes/conformance.ts';
import { createProcessHarness, type ProcessHarness } from '../support/process-harness.ts';

let harness: ProcessHarness;

beforeEach(async () => {
  harness = await createProcessHarness();
});

afterEach(() => harness.close());

describe('the process runtime conforms', () => {
  it.each(conformanceCases)('$name', async ({ run }) => {
    await expect(run(harness)).resolves.toBeUndefined();
  });
});
