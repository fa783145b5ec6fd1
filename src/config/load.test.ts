import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configLimits } from './document.ts';
import { findConfig, loadConfig } from './load.ts';
import { starterConfig } from './starter.ts';

const text = starterConfig({
  network: 'devnet',
  node: 'home',
  runtime: 'process',
  execution: 'ethereumjs',
  consensus: 'mayfly',
});

describe('finding and reading the configuration', () => {
  let base: string;
  beforeEach(async () => {
    base = await realpath(await mkdtemp(join(tmpdir(), 'ephemery-config-')));
    await mkdir(join(base, 'cwd'));
    await mkdir(join(base, 'root'));
  });
  afterEach(() => rm(base, { recursive: true, force: true }));
  const places = (given?: string) => ({
    given,
    workingDirectory: join(base, 'cwd'),
    root: join(base, 'root'),
  });

  it('takes the one given, then the one here, then the one in the root', async () => {
    expect(await findConfig(places())).toBeUndefined();
    await writeFile(join(base, 'root/ephemery.yaml'), text);
    expect(await findConfig(places())).toBe(join(base, 'root/ephemery.yaml'));
    await writeFile(join(base, 'cwd/ephemery.yaml'), text);
    expect(await findConfig(places())).toBe(join(base, 'cwd/ephemery.yaml'));
    await writeFile(join(base, 'cwd/other.yaml'), text);
    expect(await findConfig(places('other.yaml'))).toBe(join(base, 'cwd/other.yaml'));
  });

  it('refuses one that was given and is not there, rather than taking another', async () => {
    await writeFile(join(base, 'cwd/ephemery.yaml'), text);
    await expect(findConfig(places('none.yaml'))).rejects.toMatchObject({ code: 'EPH-CONFIG-NOT-FOUND' });
  });

  it('knows a file by its real path, so that a link to it is the same configuration', async () => {
    await writeFile(join(base, 'cwd/real.yaml'), text);
    await symlink('real.yaml', join(base, 'cwd/link.yaml'));
    expect(await findConfig(places('link.yaml'))).toBe(join(base, 'cwd/real.yaml'));
  });

  it('loads the starter as it is', async () => {
    const file = join(base, 'cwd/ephemery.yaml');
    await writeFile(file, text);
    expect((await loadConfig(file)).config.nodes.home?.network).toBe('devnet');
  });

  it.each([
    ['a folder', () => mkdir(join(base, 'odd')), 'EPH-CONFIG-UNREADABLE'],
    [
      'not UTF-8',
      () => writeFile(join(base, 'odd'), Buffer.from([0xff, 0xfe, 0x00])),
      'EPH-CONFIG-UNREADABLE',
    ],
    [
      'too large',
      () => writeFile(join(base, 'odd'), Buffer.alloc(configLimits.bytes + 1, '#')),
      'EPH-CONFIG-TOO-LARGE',
    ],
    [
      'nested to break the parser',
      () => writeFile(join(base, 'odd'), '['.repeat(100_000)),
      'EPH-CONFIG-SYNTAX',
    ],
  ])('refuses what is %s', async (_what, make, code) => {
    await make();
    await expect(loadConfig(join(base, 'odd'))).rejects.toMatchObject({ code });
  });
});
