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
    let said = '';
    for (const [at, { info, text }] of blocks.entries()) {
      const before = blocks[at - 1];
      if (info === 'yaml ephemery.yaml run') await writeFile(join(folder, 'ephemery.yaml'), text);
      if (info === 'text shows') {
        expect(before === undefined ? '' : before.info, text).toBe('sh run');
        expect(said).toMatch(shown(text));
      }
      if (info !== 'sh run') continue;
      const { stdout } = await run('sh', ['-e', '-c', text], { cwd: folder, env: environment() });
      expect(stdout, text).not.toBe('');
      said = stdout;
    }
  });

  function environment() {
    const place = { HOME: folder, EPHEMERY_HOME: join(folder, 'root') };
    // Some pages name the public network: nobody outside is asked, since nobody listens there.
    return { PATH: `${folder}:${process.env.PATH}`, ...place, HTTPS_PROXY: 'http://127.0.0.1:9' };
  }
});

/** These lines one after the other, with any others between them; `…` stands for anything in a line, and columns for one space. */
function shown(text: string): RegExp {
  const lines = text.trimEnd().split('\n');
  const parts = lines.map((line) => line.trim().split('…').map(wordsOf).join('.*'));
  return new RegExp(parts.map((part) => `^\\s*${part}\\s*$`).join('[^]*?'), 'm');
}

function wordsOf(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, '[^\\S\\n]+');
}

function isRun({ info }: Block): boolean {
  return info === 'sh run';
}
