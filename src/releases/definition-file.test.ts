import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readDefinitionFile } from './definition-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'definition-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(text: string) {
  const file = join(folder, 'network.yaml');
  await writeFile(file, text);
  return readDefinitionFile(file);
}

const good = 'name: mine\nbaseTimeSeconds: 1000000\nbaseChainId: 5000\nperiodSeconds: 3600\n';

it('reads a definition, paths counted from its own folder', async () => {
  const sources = 'releaseSources:\n  - { kind: directory, path: out }\n';
  expect(await read(good + sources)).toMatchObject({
    name: 'mine',
    releaseSources: [{ kind: 'directory', path: join(folder, 'out') }],
  });
});

it.each([
  ['EPH-NETWORK-DEFINITION-FIELD', `${good}periodSecs: 1\n`],
  ['EPH-NETWORK-DEFINITION-FIELD', ''],
  ['EPH-NETWORK-DEFINITION-UNREADABLE', 'a: [\n'],
  ['EPH-NETWORK-DEFINITION-UNREADABLE', `${good}#${'x'.repeat(70_000)}`],
])('refuses with %s', async (code, text) => {
  await expect(read(text)).rejects.toMatchObject({ code });
});

it('says which file is absent', async () => {
  const file = join(folder, 'none.yaml');
  await expect(readDefinitionFile(file)).rejects.toMatchObject({
    code: 'EPH-NETWORK-DEFINITION-UNREADABLE',
    facts: { file },
  });
});
