import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeTree } from '../../test/support/pack-release.ts';
import { syntheticRelease } from '../../test/support/synthetic-release.ts';
import { bundleFiles } from '../core/network/bundle.ts';
import { publicNetwork } from '../core/network/public-network.ts';
import { verifyRelease } from './verify-release.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('checking a release on the disk', () => {
  it('parses no YAML that is longer than any real one', async () => {
    const files = syntheticRelease({ iteration: 167 });
    const path = bundleFiles.consensusConfig;
    const padded = `${Buffer.from(files.get(path) ?? [])}\n# ${'x'.repeat(64 * 1024)}\n`;
    await writeTree(folder, new Map([...files, [path, Buffer.from(padded)]]));
    const verified = await verifyRelease({ definition: publicNetwork, iteration: 167 }, { folder });
    expect(verified.rejected).toBe(true);
    expect(verified.findings).toContainEqual(
      expect.objectContaining({
        code: 'EPH-RELEASE-FILE-UNREADABLE',
        facts: { file: path, problem: 'it is longer than 64 KiB' },
      }),
    );
  });
});
