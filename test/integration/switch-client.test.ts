import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { writeOwnHome } from '../support/own-network.ts';

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
  file = await writeOwnHome(ephemery.folder, { config });
});

afterEach(() => ephemery.remove());

it('shows what a switch would change and do, and changes nothing', async () => {
  const { code, out } = await ephemery.run('clients', 'switch', 'home', '--execution', 'reth', '--dry-run');
  expect(code).toBe(0);
  expect(out).toContain('home.execution: geth -> reth\n  Kept for a way back to geth: version, args');
  expect(await readFile(file, 'utf8')).toBe(config);
});

it('changes the file, comments kept, and nothing a second time', async () => {
  const both = ['clients', 'switch', 'home', '--execution', 'reth', '--consensus', 'teku'] as const;
  expect(await ephemery.json(...both)).toMatchObject({
    done: 'file',
    switches: [
      { layer: 'execution', from: 'geth', to: 'reth', kept: ['version', 'args'], restored: [] },
      { layer: 'consensus', from: 'lighthouse', to: 'teku', kept: [], restored: [] },
    ],
    plan: { node: 'home' },
  });
  expect(await readFile(file, 'utf8')).toBe(
    config
      .replace(
        '{ client: geth, version: "1.17.6", args: [--verbosity=4] }',
        '{ client: reth, former: { geth: { version: "1.17.6", args: [--verbosity=4] } } }',
      )
      .replace('lighthouse', 'teku'),
  );
  expect(await ephemery.json(...both)).toMatchObject({ done: 'nothing', switches: [] });
});

const settled = `# my node
version: 1
networks: { own: { file: ./network.yaml } }
keySets:
  main: { feeRecipient: "0x00000000219ab540356cBB839Cbe05303d7705Fa" }
nodes:
  home:
    network: own
    execution:
      client: geth # the one that I know
      # the last without the fault
      version: 1.17.6 # not newer
      artifact: { kind: path, path: ./geth }
      ports: { rpc: 18545 }
      # more room
      args:
        - --verbosity=4 # loud
        - --cache=512
      env:
        GOGC: "50"
    consensus: { client: lighthouse, args: [--debug-level=debug], builderUrl: "http://10.0.0.7:18550" }
    validator:
      client: lighthouse
      # of my own
      env: { RUST_BACKTRACE: "1" }
      keySets: [main] # all that I have
      graffiti: mine
`;

it('keeps what was set for a client in the file, gives it to no other, and takes it up on the way back', async () => {
  await writeFile(file, settled);
  const geth = join(ephemery.folder, 'geth');
  await writeFile(geth, '#!/bin/sh\necho geth version 1.17.6\n', { mode: 0o755 });
  const there = ['--execution', 'reth', '--consensus', 'teku', '--validator', 'nimbus'] as const;
  await ephemery.json('clients', 'switch', 'home', ...there);
  const away = parse(await readFile(file, 'utf8')) as { nodes: { home: Record<string, unknown> } };
  expect(away.nodes.home).toMatchObject({
    execution: { client: 'reth', former: { geth: { version: '1.17.6', env: { GOGC: '50' } } } },
    validator: { keySets: ['main'], graffiti: 'mine' },
  });
  for (const layer of ['execution', 'consensus', 'validator']) {
    for (const key of ['version', 'artifact', 'ports', 'args', 'env'])
      expect(away.nodes.home).not.toHaveProperty([layer, key]);
  }
  const back = ['--execution', 'geth', '--consensus', 'lighthouse', '--validator', 'lighthouse'] as const;
  expect(await ephemery.json('clients', 'switch', 'home', ...back)).toMatchObject({
    switches: [
      { to: 'geth', kept: [], restored: ['version', 'artifact', 'ports', 'args', 'env'] },
      { to: 'lighthouse', restored: ['args'] },
      { to: 'lighthouse', restored: ['env'] },
    ],
  });
  expect(await readFile(file, 'utf8')).toBe(settled);
});

it('keeps what was set for each of several clients before', async () => {
  await ephemery.json('clients', 'switch', 'home', '--execution', 'reth');
  const withReth = (await readFile(file, 'utf8')).replace('client: reth', 'client: reth, args: [-vvv]');
  await writeFile(file, withReth);
  await ephemery.json('clients', 'switch', 'home', '--execution', 'besu');
  const besu = parse(await readFile(file, 'utf8')) as object;
  expect(besu).toHaveProperty(['nodes', 'home', 'execution'], {
    client: 'besu',
    former: { geth: { version: '1.17.6', args: ['--verbosity=4'] }, reth: { args: ['-vvv'] } },
  });
  await ephemery.json('clients', 'switch', 'home', '--execution', 'reth', '--program', process.execPath);
  expect(parse(await readFile(file, 'utf8'))).toHaveProperty(['nodes', 'home', 'execution'], {
    client: 'reth',
    args: ['-vvv'],
    former: { geth: { version: '1.17.6', args: ['--verbosity=4'] } },
    artifact: { kind: 'path', path: process.execPath },
  });
  // Of the client that it has, another program is nothing that a switch could bring.
  const settled = await readFile(file, 'utf8');
  const same = ['--execution', 'reth', '--program', '/opt/another'] as const;
  const { code, error } = await ephemery.run('clients', 'switch', 'home', ...same);
  expect(code).toBe(2);
  expect(error).toContain('EPH-CLIENTS-NO-CHANGE');
  expect(error).toContain('nodes.home');
  expect(await readFile(file, 'utf8')).toBe(settled);
});

it('gives a program to that of two new clients in which the other one runs', async () => {
  const both = ['--execution', 'erigon', '--consensus', 'caplin-embedded'] as const;
  const program = join(ephemery.folder, 'erigon');
  await writeFile(program, '#!/bin/sh\necho erigon version 3.7.0\n', { mode: 0o755 });
  await ephemery.json('clients', 'switch', 'home', ...both, '--program', program);
  const { nodes } = parse(await readFile(file, 'utf8')) as { nodes: { home: object } };
  expect(nodes.home).toMatchObject({
    execution: { client: 'erigon', artifact: { kind: 'path', path: program } },
    consensus: { client: 'caplin-embedded' },
  });
  expect(nodes.home).not.toHaveProperty(['consensus', 'artifact']);
  expect(await ephemery.json('clients')).toMatchObject({
    nodes: [
      { layer: 'execution', client: 'erigon', installed: 'elsewhere' },
      { layer: 'consensus', client: 'caplin-embedded', inside: 'execution', installed: 'elsewhere' },
    ],
  });
  // And it has none that could be given to it alone.
  await ephemery.json('clients', 'switch', 'home', '--consensus', 'lighthouse');
  const alone = ['--consensus', 'caplin-embedded', '--program', program] as const;
  const refused = await ephemery.run('clients', 'switch', 'home', ...alone);
  expect(refused.error).toContain('has no program of its own');
});

it('does not touch lines that are those of another node too', async () => {
  const shared = `${config.replace('execution: {', 'execution: &mine {')}  away: { network: own, execution: *mine, consensus: { client: teku } }\n`;
  await writeFile(file, shared);
  for (const node of ['home', 'away']) {
    const { code, error } = await ephemery.run('clients', 'switch', node, '--execution', 'reth');
    expect([code, error]).toEqual([2, expect.stringContaining('EPH-CONFIG-SHARED-TEXT')]);
  }
  expect(await readFile(file, 'utf8')).toBe(shared);
});

it('tells what the nodes have beside the catalogue, which a broken configuration does not hide', async () => {
  const mine = { node: 'home', layer: 'execution', client: 'geth', available: '1.17.7', installed: 'no' };
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
