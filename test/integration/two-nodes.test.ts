import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RootReport } from '../../src/operations/control/reports.ts';
import { projectRoot } from '../docs/markdown.ts';
import { EphemeryHome, type RunningEphemery, type SeenEvent } from '../support/ephemery-home.ts';
import { until } from '../support/mayfly-process.ts';

const nodes = ['first', 'second'] as const;

// A kill and the reset after it take 17 s; on a machine with ten times the load 40 s. They must fit in one iteration.
const period = '100s';

/** With a version of its own name in the lock file: the first node's program is another. */
const configOf = (program: string, version: string) => `version: 1
networks:
  own: { devnet: { slot: 1s, period: ${period}, validators: 64 } }
nodes:
  first:
    network: own
    execution: { client: ethereumjs }
    consensus: { client: mayfly }
  second:
    network: own
    execution: { client: ethereumjs }
    consensus: { client: mayfly, version: "${version}", artifact: { kind: path, path: "${program}" } }
`;

/** Two nodes of one root and one supervisor; the consensus client of the second does not start while a file is there. */
describe('two nodes that one supervisor takes through a reset', () => {
  let home: EphemeryHome;
  let up: RunningEphemery;
  let config: readonly string[];
  let broken: string;
  let before: readonly SeenEvent[];

  beforeAll(async () => {
    home = await EphemeryHome.create();
    const program = join(home.folder, 'mayfly-or-not');
    broken = join(home.folder, 'broken');
    const mayfly = join(projectRoot, 'dist/app/mayfly.js');
    await writeFile(
      program,
      `#!/bin/sh\n[ -e '${broken}' ] && exit 1\nexec '${process.execPath}' '${mayfly}' "$@"\n`,
      {
        mode: 0o755,
      },
    );
    const file = join(home.folder, 'ephemery.yaml');
    const { version } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as {
      version: string;
    };
    await writeFile(file, configOf(program, version));
    config = ['--config', file];
    up = home.start(['up', ...config]);
    before = await Promise.all(nodes.map((node) => live(node, ({ cause }) => cause === 'first')));
  });
  afterAll(() => home?.close());

  const live = (node: string, isSo: (event: SeenEvent) => boolean) =>
    up.event(`${node} live`, (event) => event.type === 'reset.live' && event.node === node && isSo(event));
  /** Programs that work on chain data of a node, by layer. */
  const clients = async (node: string) => {
    const working = new RegExp(`--data-?[dD]ir=\\S*/nodes/${node}/chains/([^/ ]+)/(execution|consensus)\\.`);
    return (await home.processes()).flatMap(({ command }) => {
      const [, folder, layer] = working.exec(command) ?? [];
      return folder === undefined || layer === undefined ? [] : [{ folder, layer }];
    });
  };
  const findingsOf = async (node: string) => {
    const report = (await home.ask('status', ...config)) as RootReport;
    return report.nodes.find(({ name }) => name === node)?.findings.map(({ code }) => code);
  };

  it('have ports and data of their own', async () => {
    expect(before.map(({ iteration }) => iteration)).toEqual([before[0]?.iteration, before[0]?.iteration]);
    const ports: number[] = [];
    for (const node of nodes) {
      expect((await clients(node)).map(({ layer }) => layer).toSorted()).toEqual(['consensus', 'execution']);
      ports.push(...Object.values((await home.json('nodes', node, 'ports.json')) as Record<string, number>));
    }
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('reset on their own: one goes live after a kill of the supervisor, and does not wait for one that cannot', async () => {
    await writeFile(broken, '');
    const isStop = ({ type, step }: SeenEvent) => type === 'step.done' && /^stop execution/.test(`${step}`);
    await up.event('an execution client stopped for the reset', isStop);
    const killed = up;
    await killed.stop('SIGKILL');
    const scheduled = killed.events.filter(({ cause }) => cause === 'scheduled');
    expect(scheduled.map(({ type }) => type)).not.toContain('reset.live');
    up = home.start(['up', ...config]);
    const { iteration, cause } = await live('first', () => true);
    expect({ iteration, cause }).toEqual({ iteration: Number(before[0]?.iteration) + 1, cause: 'scheduled' });
    expect(up.events.filter(({ type, node }) => type === 'reset.live' && node === 'second')).toEqual([]);
    await until(async () => (await findingsOf('second'))?.includes('EPH-NODE-CLIENT-EXITS') === true);
    expect(await findingsOf('first')).not.toContain('EPH-NODE-CLIENT-EXITS');
    expect((await clients('first')).map(({ layer }) => layer).toSorted()).toEqual(['consensus', 'execution']);
  });

  it('and the other follows once its client starts again', async () => {
    await rm(broken);
    const { iteration } = await live('second', () => true);
    expect(iteration).toBeGreaterThan(Number(before[1]?.iteration));
    const there = await Promise.all(nodes.map((node) => clients(node)));
    for (const each of there)
      expect(each.map(({ layer }) => layer).toSorted()).toEqual(['consensus', 'execution']);
    expect((await up.stop('SIGINT')).code).toBe(0);
    expect(await home.processes()).toEqual([]);
  });
});
