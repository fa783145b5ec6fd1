import { expect, it } from 'vitest';
import type { AssembledNode } from '../fleet/fleet.ts';
import { readNodeLogs } from './node-logs.ts';

async function* lines(unit: string) {
  yield `${unit} says`;
}

const home = {
  setup: { name: 'home', execution: { definition: {} }, consensus: { definition: {} } },
  environment: { runtime: { logs: lines } },
} as unknown as AssembledNode;

async function told(request: Parameters<typeof readNodeLogs>[1], node = home): Promise<string[]> {
  const all: string[] = [];
  for await (const { line } of readNodeLogs([node], request, new AbortController().signal)) all.push(line);
  return all;
}

it('a client that the node does not have is refused by name, with those that it has', async () => {
  await expect(told({ node: 'home', layer: 'validator' })).rejects.toMatchObject({
    code: 'EPH-CONTROL-NO-CLIENT',
    facts: { node: 'home', layer: 'validator', known: ['execution', 'consensus'] },
  });
});

it('of all nodes those are shown that have it', async () => {
  expect(await told({ layer: 'validator' })).toEqual([]);
  expect(await told({ node: 'home' })).toEqual(['home.execution says', 'home.consensus says']);
});

it('of a client inside another one’s program it is told where its lines are', async () => {
  const consensus = { definition: { hostedBy: 'erigon' } };
  const inside = { ...home, setup: { ...home.setup, consensus } } as unknown as AssembledNode;
  await expect(told({ node: 'home', layer: 'consensus' }, inside)).rejects.toMatchObject({
    code: 'EPH-CONTROL-LOGS-ELSEWHERE',
    remedy: 'Use `ephemery logs home.execution`.',
  });
  expect(await told({ node: 'home' }, inside)).toEqual(['home.execution says']);
  // Findings name a layer and no node.
  expect(await told({ layer: 'consensus' }, inside)).toEqual(['home.execution says']);
});
