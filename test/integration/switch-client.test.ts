import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EphemeryProcess } from '../support/ephemery-process.ts';

const config = `# my node
version: 1
networks: { own: { file: ./network.yaml } }
nodes:
  # under the stairs
  home:
    network: own
    execution: { client: geth, version: "1.17.6", args: [--verbosity=4] } # fast
    consensus: { client: lighthouse }
`;

let ephemery: EphemeryProcess;
let file: string;

beforeEach(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  file = join(ephemery.folder, 'ephemery.yaml');
  await writeFile(file, config);
  await writeFile(
    join(ephemery.folder, 'network.yaml'),
    `name: own
baseTimeSeconds: 1746544000
baseChainId: 7000000
periodSeconds: 86400
genesisDelaySeconds: 300
genesisForkVersion: "0x1000aabb"
releaseSources: [{ kind: directory, path: ./none }]
`,
  );
});

afterEach(() => ephemery.remove());

it('shows what a switch would change and do, and changes nothing', async () => {
  const { code, out } = await ephemery.run('clients', 'switch', 'home', '--execution', 'reth', '--dry-run');
  expect(code).toBe(0);
  expect(out).toContain('home.execution: geth -> reth (dropped: version, args)');
  expect(await readFile(file, 'utf8')).toBe(config);
});

it('changes the file, comments kept, and nothing a second time', async () => {
  const both = ['clients', 'switch', 'home', '--execution', 'reth', '--consensus', 'teku'] as const;
  expect(await ephemery.json(...both)).toMatchObject({
    done: 'file',
    switches: [
      { layer: 'execution', from: 'geth', to: 'reth', dropped: ['version', 'args'] },
      { layer: 'consensus', from: 'lighthouse', to: 'teku', dropped: [] },
    ],
    plan: { node: 'home' },
  });
  expect(await readFile(file, 'utf8')).toBe(
    config
      .replace('{ client: geth, version: "1.17.6", args: [--verbosity=4] }', '{ client: reth }')
      .replace('lighthouse', 'teku'),
  );
  expect(await ephemery.json(...both)).toMatchObject({ done: 'nothing', switches: [] });
});

it('tells what the nodes have beside the catalogue, which a broken configuration does not hide', async () => {
  const mine = { node: 'home', layer: 'execution', client: 'geth', installed: 'no' };
  // Of the version before no archive is known; it does not hide the node.
  expect(await ephemery.json('clients', '--layer', 'execution')).toMatchObject({ nodes: [mine] });
  await writeFile(file, config.replace('1.17.6', '1.17.5'));
  await writeFile(
    join(ephemery.folder, 'ephemery.lock'),
    `version: 1
programs:
  execution/geth@1.17.5:
    source: archive
    version: 1.17.5
    platforms:
      ${process.platform}-${process.arch}: { url: "http://x/y", sha256: ${'a'.repeat(64)}, trust: first-use }
`,
  );
  expect(await ephemery.json('clients')).toMatchObject({ nodes: [{ ...mine, pinned: '1.17.5' }, {}] });
  await writeFile(file, 'version: 1\nnodes: 7\n');
  const { code, out } = await ephemery.run('clients');
  expect(code).toBe(0);
  expect(out).toContain('Lighthouse');
});

it.each([
  ['a client that there is not', ['home', '--execution', 'gehtt'], 'EPH-CONFIG-INVALID'],
  ['a client of another layer', ['home', '--execution', 'teku'], 'EPH-CONFIG-INVALID'],
  ['a node that there is not', ['away', '--execution', 'reth'], 'EPH-CONTROL-NO-NODE'],
  ['a simulated client for a real network', ['home', '--consensus', 'mayfly'], 'EPH-FLEET-SIMULATED-CLIENT'],
])('refuses %s, and leaves the file alone', async (_, args, error) => {
  const ended = await ephemery.run('clients', 'switch', ...args);
  expect(ended.code).not.toBe(0);
  expect(ended.error).toContain(error);
  expect(await readFile(file, 'utf8')).toBe(config);
});
