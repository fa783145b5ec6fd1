import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { checkProtection, mergeProtection } from './protect-files.ts';

it('a file that is not there, or no file, is named with what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'protect-files-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const wish = { signal: new AbortController().signal, minify: false };
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
