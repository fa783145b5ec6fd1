import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testKeys } from '../../../test/support/key-set.ts';
import type { Facts } from '../../base/errors.ts';
import { type Log, silentLog } from '../../base/log.ts';
import { publicKeyOf } from '../../core/keys/public-key.ts';
import { bundleFiles } from '../../core/network/bundle.ts';
import { DevnetReleases } from './devnet-releases.ts';
import { newDevnetSettings } from './devnet-settings.ts';
import { readLeftOut, writeLeftOut } from './left-out.ts';

const ports = { releaser: 1, api: 2, rpc: 3, engine: 4, p2p: 5 };
const settings = newDevnetSettings({
  name: 'devnet',
  seed: 'placed',
  nowMs: 1_800_000_000_000,
  ports,
  validators: 32,
});
const credentials = `0x01${'00'.repeat(11)}${'cc'.repeat(20)}`;
const lineOf = (pubkey: Uint8Array) => `${publicKeyOf(pubkey)}:${credentials}:32000000000`;
const users = testKeys('users', 4).map(({ pubkey }) => pubkey);

describe("users' validators in a devnet's next genesis", () => {
  let folder: string;
  let validatorsFolder: string;
  let told: { message: string; fields: Facts | undefined }[];
  let releases: DevnetReleases;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'placed-'));
    validatorsFolder = join(folder, 'genesis-validators');
    await mkdir(validatorsFolder);
    told = [];
    const tell = (message: string, fields?: Facts) => void told.push({ message, fields });
    const log: Log = { ...silentLog, info: tell, warn: tell, error: tell };
    releases = new DevnetReleases(settings, join(folder, 'releases'), {
      validatorsFolder,
      log,
      noteLeftOut: (iteration, files) => writeLeftOut(folder, { iteration, files }),
    });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const place = (name: string, lines: readonly string[]) =>
    writeFile(join(validatorsFolder, name), `# mine\n${lines.join('\n')}\n`);
  /** How often each user is in the genesis of an iteration. */
  const placedIn = async (iteration: number) => {
    const release = await releases.build(iteration, new AbortController().signal);
    const genesis = await readFile(join(release, bundleFiles.consensusGenesis));
    return users.map((pubkey) => genesis.includes(Buffer.from(pubkey)));
  };

  it('are those of the files that are there when its release is made', async () => {
    await place('alice.txt', users.slice(0, 2).map(lineOf));
    expect(await placedIn(1)).toEqual([true, true, false, false]);
    await rm(join(validatorsFolder, 'alice.txt'));
    await place('bob.txt', users.slice(2).map(lineOf));
    expect(await placedIn(2)).toEqual([false, false, true, true]);
    expect(await placedIn(1)).toEqual([true, true, false, false]);
  });

  it('leave out a file that is wrong, and say where, so that the network comes all the same', async () => {
    const offCurve = `0x8${'1'.repeat(95)}`;
    const [seeded] = testKeys(settings.seed, 1);
    await place('alice.txt', users.slice(0, 1).map(lineOf));
    await place('bad-form.txt', ['0x12:0x00']);
    await place('bad-point.txt', [...users.slice(1, 2).map(lineOf), `${offCurve}:${credentials}`]);
    await place('bad-twice.txt', [...users.slice(0, 1).map(lineOf)]);
    await place('bad-seed.txt', seeded === undefined ? [] : [lineOf(seeded.pubkey)]);
    await place('notes.md', ['no validators']);
    expect(await placedIn(1)).toEqual([true, false, false, false]);
    const refused = told.filter(({ message }) => message === 'genesis validators are left out');
    const wanted = [
      ['bad-form.txt', expect.stringContaining('line 2')],
      ['bad-point.txt', expect.stringContaining('line 3')],
      ['bad-seed.txt', expect.stringContaining('line 2')],
      ['bad-twice.txt', expect.stringContaining('alice.txt')],
    ];
    expect(refused.map(({ fields }) => [fields?.file, fields?.reason])).toEqual(wanted);
    const noted = await readLeftOut(folder);
    expect(noted?.iteration).toBe(1);
    expect(noted?.files.map(({ file, reason }) => [file, reason])).toEqual(wanted);
  });

  it('are all in the next release once their files are mended', async () => {
    await place('alice.txt', ['0x12:0x00']);
    await placedIn(1);
    await place('alice.txt', users.slice(0, 1).map(lineOf));
    expect(await placedIn(2)).toEqual([true, false, false, false]);
    expect(await readLeftOut(folder)).toEqual({ iteration: 2, files: [] });
  });

  it('are told when the network could not finalise without them', async () => {
    await place(
      'many.txt',
      testKeys('many', 17).map(({ pubkey }) => lineOf(pubkey)),
    );
    await placedIn(1);
    expect(told.at(-1)).toEqual({
      message: 'without its users the network would not finalise',
      fields: { others: 17, own: 32 },
    });
  });
});
