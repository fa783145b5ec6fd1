import { describe, expect, it } from 'vitest';
import { caplinEmbedded } from '../../core/clients/consensus/caplin-embedded.ts';
import { mayfly } from '../../core/clients/consensus/mayfly.ts';
import { geth } from '../../core/clients/execution/geth.ts';
import type { ClientInUse } from '../../operations/clients/clients-in-use.ts';
import { listClients } from '../../operations/list-clients.ts';
import { plainStyle } from '../output/style.ts';
import { clientsText } from './clients-text.ts';

const report = listClients({ clients: [geth, mayfly], refusedClients: [] });
const inUse: ClientInUse = {
  node: 'home',
  layer: 'execution',
  client: 'geth',
  pinned: '1.17.5',
  available: '1.17.7',
  installed: 'yes',
};
const address = 'https://github.com/ethereum/go-ethereum/releases/tag/v1.18.0';
const published = { version: '1.18.0', tag: 'v1.18.0', address, isNewer: true, pinBy: 'version' } as const;

describe('clients for people', () => {
  it('say nothing of publishers that were not asked', () => {
    const text = clientsText({ ...report, nodes: [inUse] }, plainStyle);
    expect(text).not.toContain('published');
    expect(text).toMatch(/home +execution +geth +1\.17\.5 +1\.17\.7 +no release here +yes +no/);
  });

  it('say of one without a program of its own whose it is in', () => {
    const inside: ClientInUse = {
      ...inUse,
      layer: 'consensus',
      client: 'caplin-embedded',
      inside: 'execution',
    };
    const hosted = listClients({ clients: [caplinEmbedded], refusedClients: [] }, 'consensus');
    // Also where the other layer is not shown.
    const text = clientsText({ ...hosted, nodes: [{ ...inside, running: '1.17.5' }] }, plainStyle);
    expect(text).toMatch(/home +consensus +caplin-embedded .* inside erigon +1\.17\.5$/m);
  });

  it('say why nothing is known of the nodes', () => {
    const unusable = { code: 'EPH-CONFIG-INVALID', message: 'Wrong.', remedy: 'Mend it.' };
    const text = clientsText({ ...report, nodes: [], unusable }, plainStyle);
    expect(text).toMatch(/^EPH-CONFIG-INVALID Wrong\.\n {2}Mend it\.\n/);
    expect(text).toContain('Geth');
  });

  it('say what is newer, and how to take it', () => {
    const nodes = [{ ...inUse, published }];
    const text = clientsText({ ...report, nodes, clients: [] }, plainStyle);
    expect(text).toMatch(/home +execution +geth +1\.17\.5 +1\.17\.7 +1\.18\.0, newer +no release here/);
    expect(text).toContain(`home: geth 1.18.0 is newer than 1.17.5: ${address}`);
    expect(text).toContain(
      'set `version: "1.18.0"` at nodes.home.execution; then `ephemery artifacts update`',
    );
  });

  it('say that a file must be named too', () => {
    const nodes = [{ ...inUse, published: { ...published, pinBy: 'artifact' as const } }];
    expect(clientsText({ ...report, nodes }, plainStyle)).toContain(
      'and its file with its checksum under `artifact` there',
    );
  });

  it('say each reason once, without what could move a cursor', () => {
    const unknown = 'github.com could not be asked: \u001b[2Jno route';
    const clients = report.clients.map((client) => ({ ...client, published: { unknown } }));
    const text = clientsText({ ...report, clients, nodes: [] }, plainStyle);
    expect(text).toMatch(/Geth +execution +geth +1\.17\.\d+ +unknown/);
    expect(text).toContain('Unknown for Geth, Mayfly: github.com could not be asked: no route.');
    expect(text).not.toContain('\u001b');
  });
});
