import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseInterchange } from '../../src/core/keys/interchange-union.ts';
import type { SwitchReport } from '../../src/operations/clients/switch-client.ts';
import { projectRoot } from '../docs/markdown.ts';
import { EphemeryHome, killIfThere, type RunningEphemery } from '../support/ephemery-home.ts';
import { until } from '../support/mayfly-process.ts';

const configText = `version: 1
networks:
  own: { devnet: { slot: 1s, period: 20m, validators: 64 } }
nodes:
  home:
    network: own
    execution: { client: ethereumjs }
    consensus: { client: mayfly }
    # signs
    validator:
      client: mayfly
      keySets: [main]
      env: { LANG: C }
keySets:
  main: { feeRecipient: "0x${'fe'.repeat(20)}" }
`;

/** From Mayfly's validator client to a stand-in of Lighthouse and back, on a node that runs. */
describe('another validator client for a node', () => {
  let home: EphemeryHome;
  let up: RunningEphemery;
  let config: string;
  let program: string;
  let key: string;
  let log: string;

  beforeAll(async () => {
    home = await EphemeryHome.create();
    config = join(home.folder, 'ephemery.yaml');
    program = join(home.folder, 'lighthouse');
    log = join(home.folder, 'stand-in.log');
    await writeFile(config, configText);
    await writeFile(join(home.folder, 'password'), 'a password of twelve');
    await writeFile(program, standIn(log), { mode: 0o755 });
    const made = (await home.ask(
      ...['keys', 'new', '--set', 'main', '--config', config, '--kdf', 'pbkdf2'],
      ...['--password-file', join(home.folder, 'password'), '--save-mnemonic', join(home.folder, 'words')],
    )) as { keys: readonly { pubkey: string }[] };
    key = made.keys[0]?.pubkey ?? '';
    up = home.start(['up', '--config', config]);
    await up.event('live network', ({ type }) => type === 'reset.live');
    await runsOn('mayfly-1');
  });
  afterAll(async () => {
    await up?.stop('SIGINT');
    await home?.close();
  });

  const change = (...args: readonly string[]) =>
    home.ask('clients', 'switch', 'home', ...args, '--config', config) as Promise<SwitchReport>;
  /** The only folder: the network does not reset meanwhile. */
  const protection = async () => {
    const folder = home.path('nodes', 'home', 'protection');
    return join(folder, (await readdir(folder))[0] ?? '');
  };
  const stores = async () => (await readdir(await protection())).toSorted();
  const runsOn = async (store: string) => {
    const isRun = new RegExp(`=${home.path('nodes', 'home', 'protection')}/[0-9a-f]{8}/${store} .*=http://`);
    await until(async () => (await home.processes()).some(({ command }) => isRun.test(command)));
  };
  const genesisRoot = async () => {
    const marker = JSON.parse(await readFile(join(await protection(), 'mayfly-1', 'store.json'), 'utf8'));
    return (marker as { genesisValidatorsRoot: string }).genesisValidatorsRoot;
  };
  /** Blocks at these slots, as another program wrote them down. */
  const signed = async (...slots: readonly number[]) => {
    const metadata = { interchange_format_version: '5', genesis_validators_root: await genesisRoot() };
    const blocks = slots.map((slot) => ({ slot: `${slot}` }));
    return JSON.stringify({
      metadata,
      data: [{ pubkey: key, signed_blocks: blocks, signed_attestations: [] }],
    });
  };
  const carried = async (store: string) => {
    const file = join(await protection(), store, 'carried-over.json');
    const { histories } = parseInterchange(await readFile(file, 'utf8'), { file });
    return [...histories.values()].map(({ pubkey, blocks }) => [pubkey, blocks.map(({ slot }) => slot)]);
  };
  const asked = async () => (await readFile(log, 'utf8').catch(() => '')).trim().split('\n');

  it('is planned first, in the words in which it is done', async () => {
    const { plan, switches, done } = await change(
      '--validator',
      'lighthouse',
      '--program',
      program,
      '--dry-run',
    );
    expect(done).toBe('nothing');
    expect(switches).toEqual([
      { layer: 'validator', from: 'mayfly', to: 'lighthouse', kept: ['env'], restored: [] },
    ]);
    expect(plan.steps.map(({ words }) => words)).toEqual([
      'stop validator: its settings changed',
      expect.stringMatching(
        /^open slashing protection lighthouse-2 for 0x.*, with all that was signed before$/,
      ),
      'see that nobody else signs with main',
      expect.stringMatching(/^start validator \(lighthouse\) on .*\/lighthouse-2$/),
      'see that the validator client has the keys of main',
    ]);
    expect(await readFile(config, 'utf8')).toBe(configText);
    expect(await stores()).toEqual(['mayfly-1']);
  });

  it('takes over all that was signed, although it is killed in the middle', async () => {
    await home.ask('validators', 'stop', 'home', '--config', config);
    const given = join(home.folder, 'signed.json');
    await writeFile(given, await signed(3, 5));
    await home.ask('keys', 'protect', 'import', 'home', given, '--no-backup', '--config', config);
    await home.ask('validators', 'start', 'home', '--config', config);
    await runsOn('mayfly-3');
    await writeFile(`${log}.import-hangs`, '');
    await writeFile(`${log}.signs`, await signed(3, 5, 9));
    const { done } = await change('--validator', 'lighthouse', '--program', 'lighthouse');
    expect(done).toBe('applied');
    await until(async () => (await asked()).includes('import'));
    expect(await stores()).toEqual(['given-2', 'lighthouse-4.opening', 'mayfly-1', 'mayfly-3']);
    killIfThere(up.pid);
    await up.ended;
    await rm(`${log}.import-hangs`);
    up = home.start(['up', '--config', config]);
    await runsOn('lighthouse-4');
    expect(await stores()).toEqual(['given-2', 'lighthouse-4', 'mayfly-1', 'mayfly-3']);
    expect(await carried('lighthouse-4')).toEqual([[key, [3, 5]]]);
    await until(async () => (await asked()).at(-1) === 'run');
    expect(await asked()).toEqual(['import', 'import', 'export', 'run']);
  });

  it('and back, with what the one before signed, by its own program, which the configuration names no more', async () => {
    await change('--validator', 'mayfly');
    expect(await readFile(config, 'utf8')).toBe(
      configText.replace(
        '      keySets: [main]\n      env: { LANG: C }\n',
        `      env: { LANG: C }
      keySets: [main]
      former:
        lighthouse:
          artifact:
            kind: path
            path: ${program}
`,
      ),
    );
    await runsOn('mayfly-5');
    expect((await asked()).at(-1)).toBe('export');
    expect(await carried('mayfly-5')).toEqual([[key, [3, 5, 9]]]);
    const { code } = await home.run('validators', 'stop', 'home', '--config', config);
    expect(code).toBe(0);
    const out = join(home.folder, 'all.json');
    await home.ask('keys', 'protect', 'export', 'home', out, '--config', config);
    const { histories } = parseInterchange(await readFile(out, 'utf8'), { file: out });
    expect([...histories.values()].flatMap(({ blocks }) => blocks.map(({ slot }) => slot))).toEqual([
      3, 5, 9,
    ]);
  });

  it('is refused where it would part keys from their history, and where there is none to replace', async () => {
    const before = await readFile(config, 'utf8');
    const withSigner = before.replace(
      'client: mayfly\n      env',
      'client: lighthouse\n      signerUrl: http://127.0.0.1:1\n      feeRecipient: "0x4D496CcC28058B1D74B7a19541663E21154f9c84"\n      env',
    );
    expect(withSigner).not.toBe(before);
    await writeFile(config, withSigner);
    const vero = ['clients', 'switch', 'home', '--validator', 'vero', '--program', program];
    const refused = await home.run(...vero, '--config', config);
    expect(refused.stderr).toContain('EPH-CLIENTS-NOT-CARRIED');
    expect(await readFile(config, 'utf8')).toBe(withSigner);
    const two = ['--validator', 'teku', '--consensus', 'teku', '--program', program];
    const unclear = await home.run('clients', 'switch', 'home', ...two, '--config', config);
    expect(unclear.stderr).toContain('EPH-CLIENTS-WHOSE-PROGRAM');
  });
});

/** A program for the path of an artifact, which gets neither arguments nor environment of its own. */
function standIn(log: string): string {
  const mayfly = join(projectRoot, 'dist/app/mayfly-validator.js');
  const script = join(projectRoot, 'test/support/lighthouse-stand-in.mjs');
  return `#!/bin/sh
export STAND_IN_FOR='${mayfly}' STAND_IN_LOG='${log}'
exec '${process.execPath}' '${script}' "$@"
`;
}
