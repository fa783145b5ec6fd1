import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publishAsExecution } from '../support/artifact-config.ts';
import { ArtifactHost, stopsAfter } from '../support/artifact-host.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { tarEntry, tarGzOf } from '../support/tar-archive.ts';

const noise = Array.from({ length: 20_000 }, (_, i) =>
  createHash('sha256').update(`${i}`).digest('hex'),
).join('');
const archive = tarGzOf(tarEntry({ path: 'client', mode: 0o755 }, `#!/bin/sh\n# ${noise}\n`));
const half = archive.length >> 1;
const path = '/client.tar.gz';

let ephemery: EphemeryProcess;
let host: ArtifactHost;

beforeEach(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  host = await ArtifactHost.start();
  await publishAsExecution(archive, { host, path, folder: ephemery.folder });
});

afterEach(async () => {
  await host.close();
  await ephemery.remove();
});

const parts = () => readdir(join(ephemery.home, 'artifacts', 'downloads'));

async function partBytes(): Promise<number> {
  const names = await parts().catch(() => []);
  const part = names.find((name) => name.endsWith('.part'));
  return part === undefined ? 0 : (await stat(join(ephemery.home, 'artifacts', 'downloads', part))).size;
}

describe('a process that is killed while it fetches', () => {
  it('leaves a part that the next one goes on with', async () => {
    host.misbehaviour = stopsAfter(half);
    const { child } = ephemery.start('artifacts', 'update', '--yes');
    await expect.poll(partBytes, { timeout: 20_000 }).toBe(half);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect((await parts()).filter((name) => name.endsWith('.part'))).toHaveLength(1);
    host.misbehaviour = undefined;
    expect(await ephemery.json('artifacts', 'update', '--yes')).toMatchObject({ applied: true });
    expect(host.asked).toEqual([path, `${path} bytes=${half}-`]);
    expect(await parts()).toEqual([]);
    expect((await ephemery.run('artifacts', 'verify')).code).toBe(0);
  });
});

describe('two processes at once', () => {
  it('do not get into each other’s way', async () => {
    const both = await Promise.all([0, 1].map(() => ephemery.run('artifacts', 'update', '--yes')));
    const refused = both.filter(({ code }) => code !== 0);
    expect(refused.length).toBeLessThan(2);
    for (const { error } of refused) expect(error).toContain('EPH-ROOT-LOCKED');
    expect((await ephemery.run('artifacts', 'verify')).code).toBe(0);
    expect(await parts()).toEqual([]);
  });
});
