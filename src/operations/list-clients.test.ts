import { describe, expect, it } from 'vitest';
import { mayfly } from '../core/clients/consensus/mayfly.ts';
import { geth } from '../core/clients/execution/geth.ts';
import { grandineValidator } from '../core/clients/validator/grandine.ts';
import { listClients } from './list-clients.ts';

const services = { clients: [geth, mayfly], refusedClients: [grandineValidator] };

describe('the list of clients', () => {
  it('tells versions, forks, platforms and sources', () => {
    const { clients, nextFork } = listClients(services);
    expect(nextFork).toBe('gloas');
    const [first] = clients;
    expect(first).toMatchObject({
      id: 'geth',
      layer: 'execution',
      highestFork: 'fulu',
      platforms: ['linux-x64', 'linux-arm64'],
    });
    expect(first).not.toHaveProperty('minimumForNextFork');
    expect(first?.sources.map(({ kind }) => kind)).toEqual(['image', 'archive', 'path']);
    expect(first?.sources[1]).toMatchObject({ versions: expect.arrayContaining([first?.defaultVersion]) });
    expect(first?.sources[1]).not.toHaveProperty('commits');
  });

  it('tells from which version a client knows the next fork', () => {
    const ahead = {
      ...geth,
      forks: [...geth.forks, { fork: 'gloas', since: '2.0.0', source: 'this test' }],
    } as const;
    const [first, second] = listClients({ ...services, clients: [ahead, geth] }).clients;
    expect(first?.minimumForNextFork).toBe('2.0.0');
    expect(second?.minimumForNextFork).toBeUndefined();
  });

  it('can be of one layer', () => {
    expect(listClients(services, 'consensus')).toMatchObject({ clients: [{ id: 'mayfly' }], refused: [] });
    expect(listClients(services, 'validator')).toMatchObject({ clients: [], refused: [{ id: 'grandine' }] });
  });
});
