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

describe('two clients in one program', () => {
  const missing = { missing: true as const };
  const inside = { ...desiredClient('inside'), host: 'execution' as const };
  const seen = (runs: object) => ({ journal: { ...emptyJournal, runs } }) as unknown as ObservedNode;
  const held = (clients: object, runs: object) =>
    withHeldClients({ ...desiredNodeOn(network), ...clients }, seen(runs));

  it('go on together while the program of either of those that replace them is missing', () => {
    const both = { execution: { ...run, carries: 'inside' } };
    for (const clients of [
      { execution: { ...desiredClient('new'), ...missing } },
      { consensus: { ...desiredClient('other'), ...missing } },
    ]) {
      const { execution, consensus } = held(clients, both);
      expect(execution).toMatchObject({ client: 'old', fingerprint: 'before' });
      expect(consensus).toMatchObject({ client: 'inside', host: 'execution' });
    }
  });

  it('are waited for by those that run apart', () => {
    const clients = {
      execution: { ...desiredClient('new'), ...missing },
      consensus: { ...inside, ...missing },
    };
    const other = { ...run, client: 'other', fingerprint: 'else' };
    const { execution, consensus } = held(clients, { execution: run, consensus: other });
    expect(execution).toMatchObject({ client: 'old', fingerprint: 'before' });
    expect(consensus).toMatchObject({ client: 'other', fingerprint: 'else' });
    expect(consensus.host).toBeUndefined();
  });

  it('are never expected inside a program that carries nothing', () => {
    const clients = {
      execution: { ...desiredClient('new'), ...missing },
      consensus: { ...inside, ...missing },
    };
    expect(held(clients, { execution: run }).consensus.host).toBeUndefined();
    expect(held(clients, {}).consensus.host).toBe('execution');
  });
});
