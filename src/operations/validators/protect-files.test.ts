import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { HostFacts } from '../services.ts';
import { checkProtection, mergeProtection } from './protect-files.ts';

it('a file that is not there, or no file, is named with what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'protect-files-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const wish = {
    signal: new AbortController().signal,
    minify: false,
    host: { workingDirectory: folder } as HostFacts,
  };
  const missing = join(folder, 'missing.json');
  for (const file of [missing, folder])
    await expect(checkProtection(file, wish)).rejects.toMatchObject({
      code: 'EPH-INTERCHANGE-FILE',
      facts: { file },
    });
  await expect(mergeProtection([missing, missing], join(folder, 'out'), wish)).rejects.toMatchObject({
    code: 'EPH-INTERCHANGE-FILE',
  });
});

it('a merge writes over nothing, its own source included', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'protect-files-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [file, out] = [join(folder, 'a.json'), join(folder, 'made', 'both.json')];
  const genesisValidatorsRoot = `0x${'0b'.repeat(32)}`;
  const metadata = { interchange_format_version: '5', genesis_validators_root: genesisValidatorsRoot };
  const text = JSON.stringify({ metadata, data: [] });
  await writeFile(file, text);
  const host = { workingDirectory: folder } as HostFacts;
  const wish = { signal: new AbortController().signal, minify: true, host };
  await expect(mergeProtection([file], 'a.json', wish)).rejects.toMatchObject({
    code: 'EPH-KEYS-OUTPUT-EXISTS',
    facts: { path: file },
  });
  expect(await readFile(file, 'utf8')).toBe(text);
  expect(await mergeProtection([file, file], out, wish)).toMatchObject({ genesisValidatorsRoot });
  expect((await checkProtection(out, wish)).genesisValidatorsRoot).toBe(genesisValidatorsRoot);
});
