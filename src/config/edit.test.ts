import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { editConfig } from './edit.ts';

const text = `# my node
version: 1
nodes:
  # under the stairs
  home:
    network: devnet
    execution: { client: ethereumjs } # fast enough
    consensus: { client: mayfly }
`;

describe('editing the configuration', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ephemery-edit-'));
    file = join(folder, 'ephemery.yaml');
    await writeFile(file, text, { mode: 0o644 });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('keeps comments and everything that was not changed', async () => {
    const { config } = await editConfig(file, (document) => {
      document.setIn(['nodes', 'home', 'execution', 'version'], '0.10.5');
    });
    expect(config.nodes.home?.execution.version).toBe('0.10.5');
    expect(await readFile(file, 'utf8')).toBe(
      text.replace('{ client: ethereumjs }', '{ client: ethereumjs, version: 0.10.5 }'),
    );
  });

  it('writes lists and maps in brackets as they were written', async () => {
    const written = text.replace(
      '{ client: ethereumjs }',
      '{client: ethereumjs, args: [--a, --b], env: { }}',
    );
    await writeFile(file, written.replace('{ client: mayfly }', '{ client: mayfly, args: [ --a ] }'));
    await editConfig(file, (document) => document.setIn(['nodes', 'home', 'consensus', 'version'], 'x'));
    expect(await readFile(file, 'utf8')).toBe(
      written
        .replace('{ client: mayfly }', '{ client: mayfly, args: [ --a ], version: x }')
        .replace('{ }', '{}'),
    );
  });

  it('leaves the file alone when the result would not load', async () => {
    const broken = editConfig(file, (document) => document.setIn(['nodes', 'home', 'network'], 'nowhere'));
    await expect(broken).rejects.toMatchObject({ code: 'EPH-CONFIG-INVALID' });
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});
