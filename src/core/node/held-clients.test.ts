import { describe, expect, it } from 'vitest';
import { desiredClient, desiredNodeOn } from '../../../test/support/desired-node.ts';
import { withHeldClients } from './held-clients.ts';
import { emptyJournal } from './journal-state.ts';
import type { ObservedNode } from './observed.ts';

const network = { name: 'n' } as Parameters<typeof desiredNodeOn>[0];
const handle = { runtime: 'process', unit: 'home.execution', token: 't' };
const run = { client: 'old', fingerprint: 'before', folder: '1-a', identity: '1-a', handle };
const observed = { journal: { ...emptyJournal, runs: { execution: run } } } as unknown as ObservedNode;

describe('a client whose program is missing', () => {
  it('is the one that runs, as it runs', () => {
    const desired = {
      ...desiredNodeOn(network),
      execution: { ...desiredClient('new'), missing: true as const },
    };
    const held = withHeldClients(desired, observed);
    expect(held.execution).toMatchObject({ client: 'old', fingerprint: 'before' });
    expect(held.consensus).toEqual(desired.consensus);
  });

  it('is wanted as it is asked for where nothing runs, and where it is there', () => {
    const desired = {
      ...desiredNodeOn(network),
      consensus: { ...desiredClient('beta'), missing: true as const },
    };
    expect(withHeldClients(desired, observed)).toEqual(desired);
  });
});
