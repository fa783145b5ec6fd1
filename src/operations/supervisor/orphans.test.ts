import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Runtime } from '../../runtimes/runtime.ts';
import { stopOrphans } from './orphans.ts';

let nodesFolder: string;
beforeEach(async () => {
  nodesFolder = await mkdtemp(join(tmpdir(), 'ephemery-orphans-'));
  for (const node of ['moved', 'kept', 'gone']) await mkdir(join(nodesFolder, node));
});
afterEach(() => rm(nodesFolder, { recursive: true, force: true }));

function runtime(id: string, up: Set<string>): Runtime {
  return {
    id,
    recover: async (unit: string) => (up.has(unit) ? { runtime: id, unit, token: '' } : undefined),
    stop: async ({ unit }: { unit: string }) => (up.delete(unit) ? 'stopped' : 'was-not-running'),
  } as unknown as Runtime;
}

it('stops what is configured no more, and what another runtime runs now', async () => {
  const processes = new Set(['moved.execution', 'kept.execution', 'gone.validator', 'gone.signer']);
  const containers = new Set(['moved.consensus', 'gone.execution', 'gone.database']);
  const configured = new Map([
    ['moved', 'container'],
    ['kept', 'process'],
  ]);
  const runtimes = [runtime('process', processes), runtime('container', containers)];
  const stopped = await stopOrphans({ nodesFolder, configured }, runtimes);
  expect(stopped.toSorted()).toEqual(['gone', 'moved']);
  expect([...processes]).toEqual(['kept.execution']);
  expect([...containers]).toEqual(['moved.consensus']);
});
