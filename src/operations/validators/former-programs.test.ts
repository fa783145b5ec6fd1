import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FormerPrograms } from './former-programs.ts';

let nodes = '';
let programs: FormerPrograms;
beforeEach(async () => {
  nodes = await mkdtemp(join(tmpdir(), 'former-'));
  programs = new FormerPrograms({ nodes }, 'home');
});
afterEach(() => rm(nodes, { recursive: true, force: true }));

const teku = { runtime: 'process', client: 'teku', version: '26.4.0' };
const prysm = {
  runtime: 'process',
  client: 'prysm',
  artifact: { kind: 'path', path: '/opt/validator' },
} as const;

it('remembers every client that a node had, each as it was last', async () => {
  expect(await programs.read('teku')).toBeUndefined();
  await programs.remember({ ...teku, version: '26.3.0' });
  await programs.remember(prysm);
  await programs.remember(teku);
  expect(await programs.read('teku')).toEqual(teku);
  expect(await new FormerPrograms({ nodes }, 'home').read('prysm')).toEqual(prysm);
  expect(await new FormerPrograms({ nodes }, 'other').read('prysm')).toBeUndefined();
});

it('writes nothing that is written already, and begins anew where the file is damaged', async () => {
  expect(await readdir(nodes)).toEqual([]);
  await programs.remember(teku);
  const file = join(nodes, 'home', 'validator-programs.json');
  await writeFile(file, '{"teku": 7}');
  expect(await programs.read('teku')).toBeUndefined();
  await programs.remember(teku);
  expect(await programs.read('teku')).toEqual(teku);
});
