import { describe } from 'vitest';
import { itKeepsItsPromises } from './keep-promises.ts';
import { oneProgramSetup } from './world.ts';

describe('the reset machine, with one program for both layers', () => {
  itKeepsItsPromises('one-program', 200, oneProgramSetup);
});
