import { describe, expect, it } from 'vitest';
import { clientName, summarisePeers } from './peer-summary.ts';

describe('the summary of peers', () => {
  it('counts directions and clients, the most common first', () => {
    const peers = [
      { direction: 'inbound', client: 'Geth/v1.17' },
      { direction: 'outbound', client: 'geth/v1.16-stable' },
      { direction: 'outbound', client: 'Nethermind/v1' },
      { direction: 'unknown' },
    ] as const;
    expect(summarisePeers(peers)).toEqual({
      connected: 4,
      inbound: 1,
      outbound: 2,
      clients: [
        { client: 'geth', count: 2 },
        { client: 'nethermind', count: 1 },
      ],
    });
  });

  it('says nothing of directions where nobody does, and zero where nobody is', () => {
    expect(summarisePeers([{ direction: 'unknown' }])).not.toHaveProperty('inbound');
    expect(summarisePeers([])).toMatchObject({ connected: 0, inbound: 0 });
  });

  it('takes any name without trusting it', () => {
    expect(clientName('Lighthouse/v8.0.0-abc/x86_64-linux')).toBe('lighthouse');
    expect(clientName('\u001b[31mevil')).toBe('other');
    expect(clientName('')).toBe('other');
  });
});
