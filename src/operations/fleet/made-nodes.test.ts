import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Config } from '../../config/schema.ts';
import { madeNodes, someMadeNodes } from './made-nodes.ts';

const nobody = join(tmpdir(), 'a-root-that-was-never-made');
const given = (nodes: Readonly<Record<string, string>>) => {
  const networks = Object.entries(nodes).map(([name, network]) => [name, { network }]);
  const config = { nodes: Object.fromEntries(networks), networks: {} } as unknown as Config;
  return { id: 'x', folder: '/', config };
};
const mixed = given({ home: 'devnet', far: 'ephemery', further: 'ephemery' });
const names = async (made: Promise<{ readonly config: Config }>) => Object.keys((await made).config.nodes);

it('a node is left out whose local network was never made, and refused where it is wanted', async () => {
  expect(await names(madeNodes(mixed, nobody))).toEqual(['far', 'further']);
  expect(await names(madeNodes(mixed, nobody, 'far', 'further'))).toEqual(['far', 'further']);
  await expect(madeNodes(mixed, nobody, 'far', 'home')).rejects.toMatchObject({
    code: 'EPH-FLEET-NO-DEVNET',
    facts: { name: 'devnet' },
  });
});

it('where something is to be done, there must be one', async () => {
  expect(await names(someMadeNodes(mixed, nobody, undefined))).toEqual(['far', 'further']);
  expect(await names(someMadeNodes(given({}), nobody, undefined))).toEqual([]);
  await expect(someMadeNodes(given({ home: 'devnet' }), nobody, undefined)).rejects.toMatchObject({
    code: 'EPH-FLEET-NO-DEVNET',
  });
});
