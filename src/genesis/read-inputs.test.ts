import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readInputs } from './read-inputs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'genesis-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('inputs of a folder', () => {
  async function writeInputs(): Promise<void> {
    await mkdir(join(folder, 'validators'));
    for (const file of [
      'values.env',
      'cl-config.yaml',
      'el-config.yaml',
      'validators/b-1.txt',
      'validators/B.txt',
      'validators/b.txt',
      'validators/.hidden.txt',
      'validators/b.md',
    ])
      await writeFile(join(folder, file), file);
  }

  it('are read with the validators in the order of a glob', async () => {
    await writeInputs();
    const inputs = await readInputs(folder);
    expect(inputs.validators.map(({ name, text }) => [name, text])).toEqual([
      ['validators/B.txt', 'validators/B.txt'],
      ['validators/b-1.txt', 'validators/b-1.txt'],
      ['validators/b.txt', 'validators/b.txt'],
    ]);
    expect(inputs.enodes).toEqual({ name: 'el-bootnodes.txt', text: '' });
  });

  it('lack what they lack by name', async () => {
    await writeInputs();
    await rm(join(folder, 'el-config.yaml'));
    await expect(readInputs(folder)).rejects.toMatchObject({
      code: 'EPH-GENESIS-INPUT-MISSING',
      facts: { directory: folder, file: 'el-config.yaml' },
    });
  });

  it('are refused when they are no text', async () => {
    await writeInputs();
    await writeFile(join(folder, 'values.env'), Uint8Array.of(0xff, 0xfe));
    await expect(readInputs(folder)).rejects.toMatchObject({ code: 'EPH-GENESIS-INPUT-UNREADABLE' });
  });
});
