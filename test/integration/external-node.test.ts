import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeReport, RootReport } from '../../src/operations/control/reports.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';

// A node of ours on a local network, and a second name under which it is only observed, by its addresses.
let ephemery: EphemeryProcess;
let home: NodeReport;

const ours = '  home: { network: devnet, execution: { client: ethereumjs }, consensus: { client: mayfly } }';
const writeConfig = (...nodes: readonly string[]) =>
  writeFile(join(ephemery.folder, 'ephemery.yaml'), ['version: 1', 'nodes:', ...nodes, ''].join('\n'));
const nodeNamed = async (name: string): Promise<NodeReport | undefined> =>
  ((await ephemery.json('status')) as RootReport).nodes.find((node) => node.name === name);

async function untilSeen(name: string, isSo: (node: NodeReport) => boolean): Promise<NodeReport> {
  const endsAtMs = Date.now() + 60_000;
  for (;;) {
    const node = await nodeNamed(name);
    if (node !== undefined && isSo(node)) return node;
    if (Date.now() > endsAtMs) throw new Error(`${name} did not get there: ${JSON.stringify(node)}`);
  }
}

beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  await writeConfig(ours);
  const { code, error } = await ephemery.run('up', '--detach');
  if (code !== 0) throw new Error(error);
  home = await untilSeen('home', ({ state }) => state === 'proven' || state === 'live');
}, 120_000);

afterAll(async () => {
  await ephemery?.run('down');
  await ephemery?.remove();
});

describe('a node that somebody else runs', () => {
  it('is observed by its addresses: network, iteration, sync', async () => {
    const [rpc, api] = [home.clients[0]?.ports.rpc, home.clients[1]?.ports.api];
    await writeConfig(
      ours,
      '  theirs:',
      '    network: devnet',
      '    runtime: external',
      `    execution: { client: ethereumjs, url: "http://127.0.0.1:${rpc}" }`,
      `    consensus: { client: mayfly, url: "http://127.0.0.1:${api}" }`,
    );
    expect((await ephemery.run('up')).code).toBe(0);
    const theirs = await untilSeen('theirs', ({ running }) => running !== undefined);
    expect(theirs).toMatchObject({
      runtime: 'external',
      running: home.running,
      identity: home.identity,
      resetsMissed: 0,
      findings: [],
    });
    expect(theirs.clients.map(({ version }) => version).join(' ')).toMatch(/ethereumjs.* Mayfly/i);
  });

  it('is never reset, stopped or read by us', async () => {
    const { code, error } = await ephemery.run('reset', 'theirs', '--force', '--json');
    expect(code).toBe(2);
    expect(error).toContain('EPH-CONTROL-NODE-EXTERNAL');
  });

  it('is silent, and not elsewhere, once nothing answers there', async () => {
    expect((await ephemery.run('down')).code).toBe(0);
    const theirs = await nodeNamed('theirs');
    expect(theirs?.state).toBe('unknown');
    expect(theirs?.findings.map(({ code }) => code)).toEqual(['EPH-EXTERNAL-SILENT', 'EPH-EXTERNAL-SILENT']);
  });
});
