import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conformanceCases } from '../../src/runtimes/conformance.ts';
import type { ContainerEngine } from '../support/container-engine.ts';
import { type ContainerHarness, createContainerHarness } from '../support/container-harness.ts';
import { buildToyImage } from '../support/container-images.ts';
import { describeIf } from '../support/describe-if.ts';
import { missingEngine, startEngine } from '../support/start-engine.ts';

describeIf(missingEngine())('on a real engine', () => {
  let engine: ContainerEngine;
  let toy: string;
  let harness: ContainerHarness;

  beforeAll(async () => {
    engine = await startEngine();
    toy = await buildToyImage(engine);
  });
  afterAll(() => engine.close());
  beforeEach(async () => {
    harness = await createContainerHarness(engine, toy);
  });
  afterEach(() => harness.close());

  describe('the container runtime conforms', () => {
    it.each(conformanceCases)('$name', async ({ run }) => {
      await expect(run(harness)).resolves.toBeUndefined();
    });
  });
});
