import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publicKeyOf } from '../core/keys/public-key.ts';
import { readInterchanges, writeInterchange } from './interchange-file.ts';

const root = `0x${'11'.repeat(32)}`;
const keyOf = (n: number) => publicKeyOf(new Uint8Array(48).fill(n).fill(0x80, 0, 1));
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interchange-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function fileOf(key: number, slots: readonly number[], genesisValidatorsRoot = root) {
  const pubkey = keyOf(key);
  const histories = new Map([
    [pubkey, { pubkey, blocks: slots.map((slot) => ({ slot })), attestations: [] }],
  ]);
  return { genesisValidatorsRoot, histories };
}

describe('slashing protection files', () => {
  it('are merged, whatever their length', async () => {
    const [a, b] = [join(folder, 'a.json'), join(folder, 'b.json')];
    const many = Array.from({ length: 20_000 }, (_, slot) => slot);
    await writeInterchange(a, fileOf(1, many));
    await writeInterchange(b, fileOf(1, [19_999, 20_000]));
    const merged = await readInterchanges([a, b]);
    expect(merged.genesisValidatorsRoot).toBe(root);
    expect(merged.histories.get(keyOf(1))?.blocks).toHaveLength(20_001);
    expect(((await stat(a)).mode & 0o777).toString(8)).toBe('600');
    expect(JSON.parse(await readFile(a, 'utf8'))).toMatchObject({
      metadata: { interchange_format_version: '5', genesis_validators_root: root },
    });
  });

  it('of two networks are not', async () => {
    const [a, b] = [join(folder, 'a.json'), join(folder, 'b.json')];
    await writeInterchange(a, fileOf(1, [1]));
    await writeInterchange(b, fileOf(1, [1], `0x${'22'.repeat(32)}`));
    const other = expect.objectContaining({ code: 'EPH-INTERCHANGE-OTHER-NETWORK' });
    await expect(readInterchanges([a, b])).rejects.toEqual(other);
    await expect(readInterchanges([b], { genesisValidatorsRoot: root })).rejects.toEqual(other);
  });

  it('that cannot be written leave what was there, and nothing beside it', async () => {
    const file = join(folder, 'a.json');
    await writeFile(file, 'before');
    const broken = {
      ...fileOf(1, [1]),
      get histories(): never {
        throw new Error('the pen broke');
      },
    };
    await expect(writeInterchange(file, broken)).rejects.toThrow('the pen broke');
    expect(await readFile(file, 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual(['a.json']);
  });

  it('end reading with the signal', async () => {
    const file = join(folder, 'a.json');
    await writeInterchange(file, fileOf(1, [1]));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(readInterchanges([file], { signal })).rejects.toThrow('enough');
  });
});
