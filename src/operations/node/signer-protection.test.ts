import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toldBy } from '../../../test/support/told-by.ts';
import { Secret } from '../../base/secret.ts';
import type { DatabaseSurroundings } from './database-unit.ts';
import { keepProtection } from './signer-protection.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signer-protection-'));
  await mkdir(join(folder, 'begun'));
  await writeFile(join(folder, 'begun', 'eph_1_abababab'), 'nothing');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("what a signer's export says when it fails has no password of its database", async () => {
  const tail = ['cannot read the options', '{"eth2.slashing-protection-db-password":"planted \\"word\\""}'];
  const around = {
    env: { runtime: { run: async () => ({ exitCode: 1, tail }) } },
    bundle: { identity: { genesisValidatorsRoot: `0x${'ab'.repeat(32)}` } },
  } as unknown as DatabaseSurroundings;
  const exportTask = () => ({ name: 'protection-export', args: [], env: {}, deadlineMs: 1 });
  const here = {
    signer: { definition: { protection: { file: 'interchange.json', exportTask } } },
    schema: 'eph_1_abababab',
    database: { folder, credentials: { username: 'signers', password: new Secret('planted "word"') } },
    seen: { data: folder, context: {}, place: { name: 'home.signer', mounts: [], ports: [] } },
  } as unknown as Parameters<typeof keepProtection>[1];
  const told = toldBy(
    await keepProtection(around, here).then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
  );
  expect(told).toContain('EPH-NODE-TASK-FAILED');
  expect(told).toContain('cannot read the options');
  expect(told).not.toContain('planted');
});
