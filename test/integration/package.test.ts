import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
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

  it('runs a network of its own through a reset, and leaves nothing running', async () => {
    const args = [
      'up',
      '--network',
      'devnet',
      '--slot',
      '1s',
      '--period',
      '45s',
      '--until-resets',
      '1',
      '--json',
    ];
    const { stdout } = await run(process.execPath, [installed.program, ...args], {
      cwd: installed.workFolder,
      env: installed.env,
      maxBuffer: 64 * 1024 * 1024,
    });
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);

    const [first, second] = ofType(events, 'reset.completed');
    expect(first).toMatchObject({ cause: 'first', iteration: 1 });
    expect(second).toMatchObject({ cause: 'scheduled', iteration: 2, previousIteration: 1, node: 'home' });
    expect(second?.chainId).toBe(Number(first?.chainId) + 1);
    expect(second?.genesisValidatorsRoot).toMatch(/^0x[0-9a-f]{64}$/);
    expect(second?.genesisValidatorsRoot).not.toBe(first?.genesisValidatorsRoot);
    expect(second?.executionGenesisHash).not.toBe(first?.executionGenesisHash);
    expect(second?.totalMs).toBeGreaterThan(0);
    expect(ofType(events, 'reset.live').map(({ iteration }) => iteration)).toEqual([1, 2]);
    expect(await processesNaming(installed.folder)).toEqual([]);
  });
});

interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

function ofType(events: readonly Event[], type: string): readonly Event[] {
  return events.filter((event) => event.type === type);
}

/** Command lines of running processes in which this folder stands. */
async function processesNaming(folder: string): Promise<readonly string[]> {
  const lines = existsSync('/proc/self/cmdline') ? await commandLinesOfLinux() : await commandLinesOfPs();
  return lines.filter((line) => line.includes(folder));
}

async function commandLinesOfLinux(): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // One that ended meanwhile has no file any more.
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
}

async function commandLinesOfPs(): Promise<readonly string[]> {
  const { stdout } = await run('ps', ['-axww', '-o', 'args'], { maxBuffer: 16 * 1024 * 1024 });
  return stdout.split('\n');
}
