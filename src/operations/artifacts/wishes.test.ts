import { expect, it } from 'vitest';
import { parseConfig } from '../../config/parse.ts';
import { caplin } from '../../core/clients/consensus/caplin.ts';
import { caplinEmbedded } from '../../core/clients/consensus/caplin-embedded.ts';
import { erigon } from '../../core/clients/execution/erigon.ts';
import { nodeWishes } from './wishes.ts';

function wished(consensus: string): readonly string[] {
  const text = [
    'version: 1',
    'nodes:',
    '  home:',
    '    network: ephemery',
    '    execution: { client: erigon }',
    `    consensus: { client: ${consensus} }`,
  ].join('\n');
  const { config } = parseConfig(text, 'ephemery.yaml');
  return nodeWishes({ config, folder: '/' } as Parameters<typeof nodeWishes>[0], [
    erigon,
    caplin,
    caplinEmbedded,
  ]).map(({ layer, wish }) => `${layer} ${wish.client.id}`);
}

it('two clients in one program are one program', () => {
  expect(wished('caplin')).toEqual(['execution erigon', 'consensus caplin']);
  expect(wished('caplin-embedded')).toEqual(['execution erigon']);
});
