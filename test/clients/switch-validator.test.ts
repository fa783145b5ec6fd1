import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseInterchange } from '../../src/core/keys/interchange-union.ts';
import type { SwitchReport } from '../../src/operations/clients/switch-client.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome, type RunningEphemery } from '../support/ephemery-home.ts';
import { until } from '../support/mayfly-process.ts';
import { missingProgram, programOnPath } from '../support/missing-program.ts';

const recipient = `0x${'fe'.repeat(20)}`;

// Prysm's validator client signs on a local network after Mayfly's, then Mayfly's again, then Prysm's: each with all that
// was signed before it. Keys are in the genesis.
describeIf(missingProgram('validator'))('from one validator client to another, and back', () => {
  let home: EphemeryHome;
  let up: RunningEphemery;
  let config: string;

  beforeAll(async () => {
    home = await EphemeryHome.create();
    config = join(home.folder, 'ephemery.yaml');
    await writeFile(
      config,
      `version: 1
networks: { own: { devnet: { slot: 1s, period: 30m, validators: 64 } } }
nodes:
  home:
    network: own
    execution: { client: ethereumjs }
    consensus: { client: mayfly }
    validator: { client: mayfly, keySets: [main] }
keySets:
  main: { feeRecipient: "${recipient}" }
`,
    );
    await writeFile(join(home.folder, 'password'), 'a password of twelve');
    await home.ask(
      ...['keys', 'new', '--set', 'main', '--config', config, '--kdf', 'pbkdf2'],
      ...['--count', '8', '--password-file', join(home.folder, 'password')],
      ...['--save-mnemonic', join(home.folder, 'words')],
    );
    await home.ask(
      ...['keys', 'genesis-file', '--set', 'main', '--name', 'mario', '--withdrawal-address', recipient],
      ...['--out', home.path('devnets', 'own', 'genesis-validators'), '--config', config],
    );
    up = home.start(['up', '--config', config]);
    await up.event('live network', ({ type }) => type === 'reset.live');
  });
  afterAll(async () => {
    await up?.stop('SIGINT');
    await home?.close();
  });

  const change = (...args: readonly string[]) =>
    home.ask(
      'clients',
      'switch',
      'home',
      '--validator',
      ...args,
      '--config',
      config,
    ) as Promise<SwitchReport>;
  const protection = async () => {
    const folder = home.path('nodes', 'home', 'protection');
    return join(folder, (await readdir(folder))[0] ?? '');
  };
  const started = (store: string) =>
    until(async () => {
      const journal = await readFile(home.path('nodes', 'home', 'journal.ndjson'), 'utf8');
      return journal
        .split('\n')
        .some((line) => line.includes('"unit.started"') && line.includes(`/${store}"`));
    }, 180_000).catch(async (cause: unknown) => {
      const { stdout } = await home.run('status', '--config', config);
      throw new Error(`${store} is not signed on: ${stdout}`, { cause });
    });
  const carried = async (store: string): Promise<readonly string[]> => {
    const file = join(await protection(), store, 'carried-over.json');
    const { histories } = parseInterchange(await readFile(file, 'utf8'), { file });
    return [...histories.values()].flatMap(({ pubkey, blocks, attestations }) => [
      ...blocks.map(({ slot, signingRoot }) => `${pubkey} ${slot} ${signingRoot}`),
      ...attestations.map((each) => `${pubkey} ${each.sourceEpoch}-${each.targetEpoch} ${each.signingRoot}`),
    ]);
  };
  /** Until an attestation of each of the keys was seen by the beacon node in one epoch. */
  const signsFor = async (epochs: number) => {
    const { 'consensus.api': port } = (await home.json('nodes', 'home', 'ports.json')) as Record<
      string,
      number
    >;
    const ask = async (path: string, body?: unknown) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        headers: { 'content-type': 'application/json' },
      });
      return ((await answer.json()) as { data: unknown }).data;
    };
    const epochNow = async () =>
      Math.floor(Number(((await ask('/eth/v1/node/syncing')) as { head_slot: string }).head_slot) / 32);
    const first = await epochNow();
    const own = Array.from({ length: 8 }, (_, at) => `${64 + at}`);
    await until(async () => {
      const epoch = await epochNow();
      if (epoch < first + epochs) return false;
      const live = (await ask(`/eth/v1/validator/liveness/${epoch}`, own)) as { is_live: boolean }[];
      return live.filter((each) => each.is_live).length >= 4;
    }, 180_000);
  };

  it('carries over what each of them signed', async () => {
    await started('mayfly-1');
    await signsFor(1);
    await change('prysm', '--program', programOnPath('validator') ?? '');
    await started('prysm-2');
    const byMayfly = await carried('prysm-2');
    expect(byMayfly.length).toBeGreaterThan(4);
    await signsFor(1);
    await change('mayfly');
    await started('mayfly-3');
    const byBoth = await carried('mayfly-3');
    expect(byBoth).toEqual(expect.arrayContaining([...byMayfly]));
    expect(byBoth.length).toBeGreaterThan(byMayfly.length + 4);
    await signsFor(1);
    await change('prysm', '--program', programOnPath('validator') ?? '');
    await started('prysm-4');
    expect(await carried('prysm-4')).toEqual(expect.arrayContaining([...byBoth]));
    process.stdout.write(`${byMayfly.length} messages by Mayfly, ${byBoth.length} with Prysm's\n`);
  }, 900_000);
});
