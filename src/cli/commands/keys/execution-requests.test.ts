import { expect, it } from 'vitest';
import { type CliHost, runCli } from '../../run.ts';
import { keysConsolidateCommand } from './consolidate.ts';
import { keysWithdrawCommand } from './withdraw.ts';

const source = `0x8${'1'.repeat(95)}`;
const target = `0x8${'2'.repeat(95)}`;
const contracts = {
  withdrawal: '0x00000961Ef480Eb55e80D19ad83579A64c007002',
  consolidation: '0x0000BBdDc7CE488642fb579F8B00f3a590007251',
};

async function said(...words: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  const told = { out: '', error: '' };
  const stream = (name: 'out' | 'error') => ({
    write: (more: string) => {
      told[name] += more;
      return true;
    },
  });
  const cli = {
    version: '1.2.3',
    commands: [keysConsolidateCommand, keysWithdrawCommand],
    stdout: stream('out'),
    stderr: stream('error'),
    env: {},
    signal: new AbortController().signal,
  } as unknown as CliHost;
  return { code: await runCli(words, cli), ...told };
}

it.each([
  [['keys', 'withdraw', source], contracts.withdrawal, `${source}${'0'.repeat(16)}`],
  [['keys', 'withdraw', source, '--amount', '1.5'], contracts.withdrawal, `${source}0000000059682f00`],
  [['keys', 'consolidate', source, target], contracts.consolidation, `${source}${target.slice(2)}`],
  [['keys', 'consolidate', source], contracts.consolidation, `${source}${source.slice(2)}`],
])('%j is prepared for a wallet, as JSON and in words', async (words, to, data) => {
  const { code, out } = await said(...words, '--json');
  expect([code, JSON.parse(out)]).toEqual([0, { to, data, leastFeeWei: '1' }]);
  const shown = (await said(...words)).out;
  expect(shown).toContain(to);
  expect(shown).toContain(data);
});

it.each([
  ['withdraw', '0x1234'],
  ['withdraw', source, '--amount', '0'],
  ['consolidate', source, '0x1234'],
])('keys %s %s is refused', async (...words) => {
  expect((await said('keys', ...words)).code).toBe(2);
});
