import { expect, it } from 'vitest';
import { recoverySteps } from './recovery.ts';

it('of a layer that is one program with the other, says that both begin again', () => {
  const words = (isOneProgram: boolean) =>
    recoverySteps('consensus', { beganAtCheckpoint: true, isOneProgram }).map((step) => step.words);
  expect(words(true)).toEqual([
    'restart the client that is both layers on the data that it has',
    'begin the client that is both layers again, in a new directory, at another provider’s checkpoint',
    'begin the client that is both layers again, in a new directory; both layers fetch their data anew',
  ]);
  expect(words(false).at(-1)).toBe(
    'begin the consensus client again, in a new directory; the other layer stays as it is',
  );
});
