import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Block, fencedBlocks, markdownFiles, projectRoot, readMarkdown } from '../docs/markdown.ts';

const run = promisify(execFile);

describe('pages with commands that are marked to be run', () => {
  const pages = markdownFiles()
    .map((file) => [file, fencedBlocks(file, readMarkdown(file))] as const)
    .filter(([, blocks]) => blocks.some(isRun));
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ephemery-docs-'));
    const program = join(projectRoot, 'dist/app/main.js');
    const shim = join(folder, 'ephemery');
    await writeFile(shim, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    await chmod(shim, 0o755);
  });
  afterEach(async () => {
    await run(join(folder, 'ephemery'), ['down'], { env: environment() }).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  });

  it.each(pages)('%s', async (_file, blocks) => {
    for (const { info, text } of blocks) {
      const [language, name] = info.split(' ');
      if (language === 'yaml' && name !== undefined && name !== 'ephemery.yaml') {
        await writeFile(join(folder, name), text);
      }
    }
    for (const block of blocks.filter(isRun)) {
      const { stdout } = await run('sh', ['-e', '-c', block.text], { cwd: folder, env: environment() });
      expect(stdout, block.text).not.toBe('');
    }
  });

  function environment() {
    return { PATH: `${folder}:${process.env.PATH}`, HOME: folder, EPHEMERY_HOME: join(folder, 'root') };
  }
});

function isRun({ info }: Block): boolean {
  return info === 'sh run';
}
