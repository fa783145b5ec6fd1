import { describe } from 'vitest';
import { itKeepsItsPromises } from './keep-promises.ts';

describe('the reset machine', () => {
  itKeepsItsPromises('run-1', 500);
});
