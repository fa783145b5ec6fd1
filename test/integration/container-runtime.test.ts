import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conformanceCases } from '../../src/runtimes/conformance.ts';
import { describeIf } from '../support/describe-if.ts';
import { missingPodman, Podman } from '../support/podman.ts';
import { createPodmanHarness, type PodmanHarness } from '../support/podman-harness.ts';
import { buildToyImage } from '../support/podman-images.ts';

describeIf(missingPodman())('on a real Podman', () => {
  let podman: Podman;
  let toy: string;
  let harness: PodmanHarness;

  beforeAll(async () => {
    podman = await Podman.start();
    toy = await buildToyImage(podman);
  });
  afterAll(() => podman.close());
  beforeEach(async () => {
    harness = await createPodmanHarness(podman, toy);
  });
  afterEach(() => harness.close());

  describe('the container runtime conforms', () => {
    it.each(conformanceCases)('$name', async ({ run }) => {
      await expect(run(harness)).resolves.toBeUndefined();
    });
  });
});
