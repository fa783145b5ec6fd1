import { expect, it } from 'vitest';
import type { AssembledNode } from '../fleet/fleet.ts';
import { readNodeLogs } from './node-logs.ts';

async function* lines(unit: string) {
  yield `${unit} says`;
}

const home = {
  setup: { name: 'home', execution: {}, consensus: {} },
  environment: { runtime: { logs: lines } },
} as unknown as AssembledNode;

async function told(request: Parameters<typeof readNodeLogs>[1]): Promise<string[]> {
  const all: string[] = [];
  for await (const { line } of readNodeLogs([home], request, new AbortController().signal)) all.push(line);
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
