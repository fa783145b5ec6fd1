import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { genesisFileText, lintGenesisFile } from './genesis-lines.ts';
import { addressCredentials } from './withdrawal-credentials.ts';

const folder = join(import.meta.dirname, '../../../test/fixtures/genesis-inputs/validators');
const others = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
const withdrawalCredentials = addressCredentials('0x02', '0x4D496CcC28058B1D74B7a19541663E21154f9c84');
const keyOf = (n: number) => `0xa${n.toString(16).padStart(95, '0')}`;
const file = (name: string, keys: readonly string[], balanceGwei = 1_024_000_000_000) => ({
  name,
  text: genesisFileText(
    'me',
    keys.map((pubkey) => ({ pubkey, withdrawalCredentials })),
    balanceGwei,
  ),
});
const linesBefore = (name: string) =>
  others
    .filter((other) => other.name < name)
    .flatMap(({ text }) => text.split('\n').filter((line) => line.replace(/#.*/, '').trim() !== '')).length;

describe('a file of genesis validators', () => {
  it('has the form of the public repository', () => {
    expect(file('me-node1.txt', [keyOf(1)]).text).toBe(
      `# me\n${keyOf(1)}:0200000000000000000000004d496ccc28058b1d74b7a19541663e21154f9c84:1024000000000\n`,
    );
  });

  it('stands where its name puts it, after the validator that carries the iteration', () => {
    const { preview, problems, remarks } = lintGenesisFile(
      file('beta-node1.txt', [keyOf(1), keyOf(2)]),
      others,
    );
    const firstIndex = 1 + linesBefore('beta-node1.txt');
    expect(firstIndex).toBeGreaterThan(1);
    expect(preview).toMatchObject({ firstIndex, lastIndex: firstIndex + 1, files: others.length + 1 });
    expect([problems, remarks]).toEqual([[], []]);
  });

  it('takes the place of the one it replaces', () => {
    const first = lintGenesisFile(file('me-node1.txt', [keyOf(1)]), others);
    const again = lintGenesisFile(file('me-node1.txt', [keyOf(1), keyOf(2)]), [
      ...others,
      file('me-node1.txt', [keyOf(1)]),
    ]);
    expect(again.problems).toEqual([]);
    expect(again.preview.firstIndex).toBe(first.preview.firstIndex);
  });

  it('may not name a key that stands in another, nor one twice', () => {
    const { problems } = lintGenesisFile(file('me-node1.txt', [keyOf(1), keyOf(2), keyOf(2)]), [
      ...others,
      file('you-node1.txt', [keyOf(1)]),
    ]);
    expect(problems).toEqual([
      `line 2: ${keyOf(1)} stands already in you-node1.txt, line 2`,
      `line 4: ${keyOf(2)} stands already in line 3`,
    ]);
  });

  it('may not be empty or malformed', () => {
    expect(lintGenesisFile(file('me-node1.txt', []), others).problems).toEqual(['it has no validators']);
    expect(() => lintGenesisFile(file('me-node1.txt', ['0x12']), others)).toThrow(
      expect.objectContaining({ code: 'EPH-VALIDATORS-PUBKEY' }),
    );
  });

  it('is remarked on where it differs from all others', () => {
    const { remarks } = lintGenesisFile(file('me.txt', [keyOf(1)], 33_000_000_000), others);
    expect(remarks).toHaveLength(2);
    const paidOut = file('me-node1.txt', [keyOf(1)]).text.replace(':02', ':01');
    expect(lintGenesisFile({ name: 'me-node1.txt', text: paidOut }, others).remarks).toEqual([
      expect.stringContaining('1 validators have more than the 32 ETH'),
    ]);
  });
});
