import { describe, expect, it } from 'vitest';
import { mayfly } from '../core/clients/consensus/mayfly.ts';
import { geth } from '../core/clients/execution/geth.ts';
import { listClients } from './list-clients.ts';

const dormant = {
  id: 'dormant',
  layer: 'validator',
  displayName: 'Dormant',
  reason: 'It sleeps.',
  remedy: 'Choose another.',
} as const;
const services = { clients: [geth, mayfly], refusedClients: [dormant] };

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

  it('tells versions: default, known, needed by fork, and here', () => {
    const here = [
      { layer: 'execution', client: 'geth', pinned: '1.17.5', running: '1.17.3', installed: 'yes' },
      { layer: 'execution', client: 'geth', pinned: '1.17.4', installed: 'elsewhere' },
      { layer: 'consensus', client: 'geth', pinned: '9.9.9', installed: 'yes' },
    ] as const;
    const [first, second] = listClients(services, undefined, here).clients;
    expect(first?.versions).toEqual({
      default: geth.defaultVersion,
      known: ['1.17.7', '1.17.5', '1.17.4', '1.17.3'],
      minimumByFork: { electra: '1.15.9', fulu: '1.16.7' },
      installed: ['1.17.5', '1.17.3'],
    });
    expect(second?.versions.installed).toEqual(['own']);
    expect(listClients(services).clients[0]?.versions.installed).toEqual([]);
  });

  it('can be of one layer', () => {
    expect(listClients(services, 'consensus')).toMatchObject({ clients: [{ id: 'mayfly' }], refused: [] });
    expect(listClients(services, 'validator')).toMatchObject({ clients: [], refused: [{ id: 'dormant' }] });
  });
});
