import { expect, it } from 'vitest';
import { clients } from '../../src/app/registries/clients.ts';
import { followers } from '../clients/followers.ts';

// Suites that run where its programs are on the PATH name every client: one that is forgotten there would stop them all.
it('the suites of real clients know every consensus client that is not our own', () => {
  const known = clients.filter(({ layer, id }) => layer === 'consensus' && id !== 'mayfly');
  expect(followers.map(({ consensus }) => consensus)).toEqual(known);
});
