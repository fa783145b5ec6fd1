import { describe, expect, it } from 'vitest';
import { fleetErrors } from '../fleet/errors.ts';
import { StepTries } from './step-tries.ts';

const failure = fleetErrors.create('EPH-FLEET-HOOK-FAILED', { target: 'a hook', reason: 'it ended with 3' });

describe('a step that fails', () => {
  it('is found with the code, the words and the remedy of its error', () => {
    const tries = new StepTries();
    tries.failed('start execution', failure, 0);
    const [finding] = tries.findings('home');
    expect(finding).toMatchObject({
      code: 'EPH-NODE-STEP-FAILED',
      facts: {
        step: 'start execution',
        code: failure.code,
        detail: 'The hook a hook failed: it ended with 3',
        tries: 1,
      },
    });
    expect(finding?.long).toMatch(/it ended with 3\.$/);
    expect(finding?.remedy).toContain(failure.remedy);
  });

  it('without a remedy of its own is sent to the reference', () => {
    const tries = new StepTries();
    tries.failed('start execution', Object.assign(new Error('no space left'), { code: 'ENOSPC' }), 0);
    const [finding] = tries.findings('home');
    expect(finding?.facts).not.toHaveProperty('remedy');
    expect(finding?.remedy).toContain('reference');
  });

  it('is left alone for longer each time, and forgotten once it succeeds', () => {
    const tries = new StepTries();
    for (const pauseMs of [500, 1_000, 2_000]) {
      tries.failed('s', failure, 10_000);
      expect(tries.pauseMs('s', 10_000)).toBe(pauseMs);
    }
    tries.succeeded('s');
    expect([tries.pauseMs('s', 10_000), tries.hasFailed('s')]).toEqual([0, false]);
  });
});
