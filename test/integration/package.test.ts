import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { type InstalledPackage, installPackage } from '../support/installed-package.ts';

const run = promisify(execFile);
const projectRoot = join(import.meta.dirname, '../..');

describe('the package, packed and installed where nothing of ours is', () => {
  let installed: InstalledPackage;
  beforeAll(async () => {
    installed = await installPackage();
  });
  afterAll(() => installed?.remove());

  it('holds what the source has, compiled, and nothing else', () => {
    const compiled = installed.packedFiles.filter((path) => path.startsWith('dist/'));
    const strangers = compiled.filter(
      (path) => !existsSync(join(projectRoot, path.replace(/^dist/, 'src').replace(/\.js$/, '.ts'))),
    );
    expect(strangers, 'files that no source made: remove dist and build anew').toEqual([]);
    expect(installed.packedFiles.filter((path) => /\.test\.|\.map$|^src\/|^test\//.test(path))).toEqual([]);
    expect(installed.packedFiles).toContain('README.md');
    expect(installed.packedFiles).toContain('LICENSE');
  });

  it('brings its dependencies and none of those for development', async () => {
    const names = await readdir(join(installed.folder, '..'));
    const unwanted = Object.keys(packageJson.devDependencies).filter((name) => names.includes(name));
    expect(unwanted).toEqual([]);
    expect(names).toContain('commander');
  });

  it('says its version', async () => {
    const { stdout } = await run(process.execPath, [installed.program, '--version'], { env: installed.env });
    expect(stdout.trim()).toBe(packageJson.version);
  });
});
