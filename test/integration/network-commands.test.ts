import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EphemeryProcess, type Started } from '../support/ephemery-process.ts';

const fixture = join(import.meta.dirname, '../fixtures/genesis-inputs');
const expected = JSON.parse(await readFile(join(fixture, 'expected.json'), 'utf8')) as {
  iteration: number;
  forks: Record<string, { validatorsRoot: string; executionHash: string }>;
};

// A release made, served, fetched and checked by the commands alone, as somebody does with a network of their own.
let ephemery: EphemeryProcess;
let serving: Started;
let url: string;

const build = (iteration: number, ...more: readonly string[]) =>
  ephemery.json(
    ...['network', 'build', '--inputs', fixture, '--iteration', `${iteration}`, '--tag-prefix', 'mine-'],
    ...['--out', `releases/mine-${iteration}`, ...more],
  );

beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  await build(expected.iteration);
  serving = ephemery.start('network', 'serve', 'releases', '--json');
  url = await serving.firstLine().then((line) => (JSON.parse(line) as { url: string }).url);
  await writeFile(
    join(ephemery.folder, 'network.yaml'),
    `name: mine
baseTimeSeconds: 1746544000
baseChainId: 7000000
periodSeconds: 86400
genesisDelaySeconds: 300
genesisForkVersion: "0x1000aabb"
releaseSources: [{ kind: github, url: "${url}" }, { kind: mirror, url: "${url}/latest" }]
`,
  );
  await writeFile(
    join(ephemery.folder, 'ephemery.yaml'),
    `version: 1
networks: { own: { file: ./network.yaml } }
nodes: { home: { network: own, runtime: process, execution: { client: ethereumjs }, consensus: { client: mayfly } } }
`,
  );
});

afterAll(async () => {
  serving?.child.kill('SIGINT');
  await serving?.ended;
  await ephemery?.remove();
});

const identity = {
  iteration: expected.iteration,
  chainId: 7_000_042,
  genesisValidatorsRoot: expected.forks.fulu?.validatorsRoot,
  executionGenesisHash: expected.forks.fulu?.executionHash,
};

describe('a network of one’s own, by its file in the configuration', () => {
  it('is shown with the schedule that its file gives', async () => {
    const report = await ephemery.json('network', 'show');
    expect(report).toMatchObject({ definition: { name: 'own', baseChainId: 7_000_000 } });
    const { current, next, nowMs, leftSeconds } = report as {
      current: { iteration: number };
      next: { startSeconds: number; iteration: number };
      nowMs: number;
      leftSeconds: number;
    };
    expect(next.iteration).toBe(current.iteration + 1);
    expect(leftSeconds).toBe(Math.ceil(next.startSeconds - nowMs / 1_000));
  });

  it('has its release fetched from what is served, and compared with the mirror', async () => {
    const iteration = `${expected.iteration}`;
    const report = await ephemery.json('network', 'fetch', '--iteration', iteration, '--cross-check');
    expect(report).toMatchObject({
      network: 'own',
      outcome: 'held',
      fetched: true,
      findings: [],
      bundle: { tag: 'mine-42', identity, highestFork: 'fulu' },
    });
    expect(await ephemery.json('network', 'releases')).toMatchObject({
      held: [{ tag: 'mine-42', identity }],
    });
  });

  it('does not have what is not published, and ends with another code', async () => {
    const { code, out } = await ephemery.run('network', 'fetch', 'own', '--iteration', '43', '--json');
    expect([code, (JSON.parse(out) as { outcome: string }).outcome]).toEqual([1, 'not-yet']);
    const text = await ephemery.run('network', 'fetch', 'own', '--iteration', '43');
    expect([text.code, text.out]).toEqual([1, expect.stringContaining('Not yet published')]);
  });

  it('has what was built accepted in every form', async () => {
    for (const file of ['', '/network-config.tar.gz', '/testnet-all.tar.gz']) {
      const report = await ephemery.json('network', 'verify', `releases/mine-42${file}`);
      expect(report).toMatchObject({
        outcome: 'accepted',
        network: 'own',
        findings: [],
        bundle: { identity },
      });
    }
  });
});

describe('verifying', () => {
  it('ends with code 3 and a finding a failed check when a release is another network’s', async () => {
    const line = ['network', 'verify', 'releases/mine-42', '--network', 'ephemery'];
    const { code, out } = await ephemery.run(...line, '--json');
    expect(code).toBe(3);
    const report = JSON.parse(out) as { outcome: string; findings: { code: string }[] };
    expect(report.outcome).toBe('rejected');
    const codes = report.findings.map((finding) => finding.code);
    expect(codes).toEqual(
      expect.arrayContaining(['EPH-RELEASE-CHAIN-ID', 'EPH-RELEASE-TAG', 'EPH-RELEASE-FORK-VERSION']),
    );
    const text = await ephemery.run(...line);
    expect([text.code, text.out]).toEqual([3, expect.stringContaining('Rejected')]);
  });
});

describe('building', () => {
  it('stops at the last fork that is asked for', async () => {
    expect(await build(44, '--last-fork', 'electra')).toMatchObject({
      tag: 'mine-44',
      highestFork: 'electra',
      identity: { chainId: 7_000_044 },
    });
  });

  it('says what is wrong with the inputs', async () => {
    const { code, error } = await ephemery.run(
      ...['network', 'build', '--inputs', ephemery.folder, '--iteration', '1', '--out', 'none', '--json'],
    );
    expect([code, JSON.parse(error)]).toMatchObject([1, { error: { code: 'EPH-GENESIS-INPUT-MISSING' } }]);
  });
});

it('serving goes on with what is built meanwhile, and ends with Ctrl-C', async () => {
  await build(46);
  expect((await fetch(`${url}/releases/download/mine-46/config.yaml`)).status).toBe(200);
  serving.child.kill('SIGINT');
  expect((await serving.ended).code).toBe(130);
});
