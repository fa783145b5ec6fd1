import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cannotMount } from '../support/cannot-mount.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome, killIfThere, type SeenEvent } from '../support/ephemery-home.ts';
import { until } from '../support/mayfly-process.ts';
import { SmallDisk } from '../support/small-disk.ts';

const roomMebibytes = 4096;
const devnet = ['up', '--network', 'devnet', '--slot', '1s', '--period', '45s'];

const isLive = ({ type }: SeenEvent) => type === 'reset.live';
const isLowDisk = ({ type, finding }: SeenEvent) =>
  type === 'finding.raised' && (finding as { readonly code?: string }).code === 'EPH-NODE-DISK-LOW';

/** The nodes' folder is a disk of its own; the local network that they follow has room all the time. */
describeIf(await cannotMount())('a disk that is full when the network resets', () => {
  let home: EphemeryHome;
  let nodes: string;
  let disk: SmallDisk;

  beforeAll(async () => {
    home = await EphemeryHome.create();
    nodes = home.path('nodes');
    const first = home.start(devnet);
    await first.event('life', isLive);
    expect((await first.stop('SIGINT')).code).toBe(0);
    await rename(nodes, `${nodes}.before`);
    await mkdir(nodes, { mode: 0o700 });
    disk = await SmallDisk.mount(nodes, roomMebibytes);
    await cp(`${nodes}.before`, nodes, { recursive: true, preserveTimestamps: true });
    await rm(`${nodes}.before`, { recursive: true });
  });

  afterAll(async () => {
    await until(async () => {
      const left = await home.processes();
      for (const { pid } of left) killIfThere(pid);
      return left.length === 0;
    });
    await disk?.unmount().catch(() => undefined);
    await home.close();
  });

  it('is told, nothing that is kept changes, and with room again the reset goes on by itself', async () => {
    const life = home.start(devnet);
    await life.event('life', isLive);
    const kept = await home.kept();
    await disk.leaveFree(0);
    await life.event('word of the disk', isLowDisk);
    expect(await home.kept()).toEqual(kept);
    const before = life.events.filter(isLive).length;
    await disk.resize(roomMebibytes);
    await until(async () => life.events.filter(isLive).length > before, 120_000);
    expect(life.events.filter(isLive).at(-1)).toMatchObject({ node: 'home', cause: 'scheduled' });
    expect(await home.kept()).toEqual(kept);
    const journal = await readFile(home.path('nodes', 'home', 'journal.ndjson'), 'utf8');
    for (const line of journal.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
    expect((await life.stop('SIGINT')).code).toBe(0);
    expect(await home.processes()).toEqual([]);
  });
});
