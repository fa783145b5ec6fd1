import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { program, type RunningDevnet, startDevnet } from './running-devnet.ts';

const config = `version: 1
nodes:
  home:
    network: devnet
    execution: { client: ethereumjs }
    consensus: { client: mayfly }
    validator: { client: mayfly, keySets: [main] }
keySets: { main: {} }
`;
const keyCount = 20;
const patienceMs = 120_000;
let devnet: RunningDevnet | undefined;

export const bench: Bench = {
  name: 'halt',
  what: `\`ephemery validators halt\` of Mayfly's validator client with ${keyCount} keys, from the start of the command until no signer runs`,
  unit: 'ms',
  limit: { value: 2_000 },
  warmups: 1,
  runs: 5,
  prepare: async () => {
    devnet = await startDevnet(['--slot', '2s', '--period', '20m'], { config });
    await devnet.next(({ type, node }) => type === 'reset.live' && node === 'home');
    const password = join(devnet.home, 'password');
    writeFileSync(password, 'a password of twelve', { mode: 0o600 });
    const words = ['--save-mnemonic', join(devnet.home, 'words'), '--password-file', password];
    ephemery('keys', 'new', '--set', 'main', '--count', `${keyCount}`, '--kdf', 'pbkdf2', ...words);
    return devnet.stop;
  },
  run: async () => {
    ephemery('validators', 'start');
    await signing();
    const startMs = performance.now();
    ephemery('validators', 'halt');
    const value = performance.now() - startMs;
    if (signers().length > 0) throw new Error('a signer runs after the halt');
    return { value, peakMemoryMb: 'unknown' };
  },
};

function ephemery(...args: readonly string[]): string {
  const home = devnet?.home ?? '';
  const all = [program, ...args, '--home', home, '--json'];
  const { status, stderr, stdout } = spawnSync(process.execPath, all, { cwd: home, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

/** Until the client itself says that it has every key. */
async function signing(): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  while (performance.now() < untilMs) {
    const { nodes } = JSON.parse(ephemery('validators', 'keys')) as { nodes: { keys: unknown[] }[] };
    if (nodes[0]?.keys.length === keyCount && signers().length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('the validator client did not get its keys');
}

/** Command lines of the signers of this root that live. */
function signers(): readonly string[] {
  const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  const home = devnet?.home ?? '';
  return stdout.split('\n').filter((line) => line.includes('mayfly-validator') && line.includes(home));
}
