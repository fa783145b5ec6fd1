import { execFileSync } from 'node:child_process';
import { appendFile, chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/app/registries/commands.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { writeKeySet } from '../support/key-sets.ts';
import { runSeen, secretsIn } from '../support/leaks.ts';

// Every command that is not about keys, on two homes: one whose node runs, and one whose configuration names every secret
// that one can. Whoever adds a command adds its case here.
const ofNode: Readonly<Record<string, string>> = {
  jwt: '5eC7e7'.toLowerCase().padEnd(64, 'abcdef0123'),
  keymanagerToken: `0x${'70ce9'.padEnd(64, '9876543210fedcba')}`,
  keystorePassword: 'password of 7',
};
const ofConfig: Readonly<Record<string, string>> = {
  s3Secret: 's3-secret-access-key-planted',
  databasePassword: 'database-password-planted',
  drillIdentity: `AGE-SECRET-KEY-1${'PLANTED'.repeat(6)}`,
  externalPassword: 'external-password-planted',
  releasePassword: 'release-password-planted',
  hookPath: 'webhook-path-token-planted',
  hookArgument: 'hook-argument-planted',
  keystorePassword: 'password of 7',
};
let running: EphemeryProcess;
let described: EphemeryProcess;

async function place(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, content, { mode: 0o600 });
}

async function makeRunning(): Promise<EphemeryProcess> {
  const home = await EphemeryProcess.inNewFolder();
  await place(
    join(home.folder, 'ephemery.yaml'),
    `version: 1
nodes:
  home: { network: devnet, execution: { client: ethereumjs }, consensus: { client: mayfly }, validator: { client: mayfly, keySets: [main] } }
keySets: { main: {} }
`,
  );
  await place(join(home.home, 'layout.json'), '{"version":1}\n');
  await place(join(home.home, 'nodes/home/secrets/jwt.hex'), ofNode.jwt ?? '');
  await place(join(home.home, 'nodes/home/secrets/keymanager-token'), ofNode.keymanagerToken ?? '');
  await writeKeySet(home.home, 'main', [7]);
  return home;
}

async function makeDescribed(): Promise<EphemeryProcess> {
  const home = await EphemeryProcess.inNewFolder();
  const external = `http://watcher:${ofConfig.externalPassword}@127.0.0.1:9`;
  const own = 'artifact: { kind: path, path: ./program }';
  await place(
    join(home.folder, 'ephemery.yaml'),
    `version: 1
networks: { own: { file: ./network.yaml } }
nodes:
  home:
    network: own
    execution: { client: geth, version: "1.17.6", ${own} }
    consensus: { client: lighthouse, version: "8.2.0", ${own} }
    validator: { client: lighthouse, version: "8.2.0", ${own}, keySets: [main] }
    signer:
      client: web3signer
      version: "26.7.0"
      ${own}
      database: { url: "postgresql://127.0.0.1:9/signer", credentialsFile: database.txt }
  remote:
    network: own
    runtime: external
    execution: { client: geth, url: "${external}" }
    consensus: { client: lighthouse, url: "${external}" }
keySets: { main: { feeRecipient: "0x${'fe'.repeat(20)}" } }
backup:
  recipients: [age1${'q'.repeat(58)}]
  targets: [{ kind: s3, endpoint: "http://127.0.0.1:9", bucket: backups, credentialsFile: s3.txt }]
  drill: { identityFile: drill.txt }
hooks:
  - { on: [reset.live], command: [./program, "--key", "${ofConfig.hookArgument}"] }
  - { on: [reset.live], webhook: "http://127.0.0.1:9/hooks/${ofConfig.hookPath}" }
`,
  );
  await place(join(home.folder, 'network.yaml'), networkWith(''));
  await place(join(home.folder, 's3.txt'), `access_key_id=AKIA\nsecret_access_key=${ofConfig.s3Secret}\n`);
  await place(join(home.folder, 'database.txt'), `signer\n${ofConfig.databasePassword}\n`);
  await place(join(home.folder, 'drill.txt'), `${ofConfig.drillIdentity}\n`);
  await place(join(home.folder, 'program'), '#!/bin/sh\nexit 1\n');
  await chmod(join(home.folder, 'program'), 0o700);
  await place(join(home.home, 'layout.json'), '{"version":1}\n');
  await writeKeySet(home.home, 'main', [7]);
  return home;
}

function networkWith(more: string): string {
  return `name: own
baseTimeSeconds: 1746544000
baseChainId: 7000000
periodSeconds: 86400
genesisDelaySeconds: 300
genesisForkVersion: "0x1000aabb"
releaseSources: [{ kind: mirror, url: "http://us:${ofConfig.releasePassword}@127.0.0.1:9/latest" }]
${more}`;
}

beforeAll(async () => {
  running = await makeRunning();
  described = await makeDescribed();
}, 60_000);
afterAll(async () => {
  for (const home of [running, described]) {
    await home?.run('down', '--yes');
    await home?.remove();
  }
}, 120_000);

/** Of how it must end: `does` with code 0, `runs` until it is told to end, `says` whatever there is to say. */
type Case = readonly [how: 'does' | 'runs' | 'says', ...args: string[]];

const chaos: Readonly<Record<string, readonly string[]>> = {
  'skip-slots': ['1'],
  'drop-attestations': ['1%'],
  'late-block': ['100ms'],
  reorg: ['1'],
  slash: ['1'],
  stall: ['1s'],
  'wrong-answers': ['head'],
  outage: ['1'],
};

const cases: Readonly<Record<string, Case>> = {
  init: ['does', '--config', 'first.yaml'],
  up: ['does', '--detach'],
  status: ['does'],
  logs: ['does', '--tail', '200'],
  plan: ['says'],
  'reset hold': ['does', 'home'],
  'reset release': ['does', 'home'],
  reset: ['says', 'home', '--dry-run'],
  sync: ['says'],
  'sync recover': ['says', 'home', 'execution'],
  peers: ['says'],
  doctor: ['says'],
  'support bundle': ['does', '--out', 'nodes.tar.gz'],
  clients: ['does'],
  'clients switch': ['says', 'home', '--validator', 'mayfly', '--dry-run'],
  'artifacts list': ['does'],
  'artifacts update': ['says', '--dry-run'],
  'artifacts verify': ['says'],
  'artifacts prune': ['does', '--dry-run'],
  'network show': ['does', 'devnet'],
  'network releases': ['does', 'devnet'],
  'network fetch': ['says', 'devnet'],
  'network verify': ['says', '.'],
  'network bootnodes': ['says', 'devnet'],
  'network checkpoints': ['says', 'devnet'],
  'network build': ['says', '--inputs', '.', '--iteration', '1', '--out', 'built'],
  'network serve': ['runs', '.'],
  'devnet run': ['runs', 'devnet'],
  'export compose': ['says'],
  'export systemd': ['says'],
  'service install': ['says', '--dry-run'],
  'service uninstall': ['says'],
  'service status': ['says'],
  completion: ['does', 'bash'],
};

function caseOf(path: readonly string[]): Case | undefined {
  const [first, second, third = ''] = path;
  if (first === 'devnet' && second === 'chaos') return ['says', ...(chaos[third] ?? [])];
  if (first === 'devnet' && second === 'releaser') return ['says'];
  return cases[path.join(' ')];
}

const order = Object.keys(cases);
const mine = commands
  .map(({ path }) => path)
  .filter(([noun]) => noun !== 'keys' && noun !== 'validators' && noun !== 'down')
  .toSorted((a, b) => rank(a) - rank(b));

/** In the order of the table, those of the devnet last. */
function rank(path: readonly string[]): number {
  const at = order.indexOf(path.join(' '));
  return at < 0 ? order.length : at;
}

interface Home {
  readonly ephemery: EphemeryProcess;
  readonly secrets: Readonly<Record<string, string>>;
}

async function expectNoLeak(
  { ephemery, secrets }: Home,
  path: readonly string[],
  [how, ...args]: Case,
): Promise<void> {
  const run = [...path, ...args, '--log-level', 'debug'];
  const { said, seen, code } = await runSeen(ephemery, run, how === 'runs' ? 4_000 : undefined);
  if (how === 'does') expect([run, code, said]).toEqual([run, 0, said]);
  expect(said, run.join(' ')).not.toMatch(/EPH-CLI-(?:USAGE|UNKNOWN|VALUE|MISSING)/);
  expect(seen, run.join(' ')).toContain(path[0]);
  const told = { run, said: secretsIn(said, secrets), seen: secretsIn(seen, secrets) };
  expect(told).toEqual({ run, said: [], seen: [] });
}

async function expectNoLeakInBundle({ ephemery, secrets }: Home): Promise<void> {
  const bundle = gunzipSync(await readFile(join(ephemery.folder, 'nodes.tar.gz'))).toString('latin1');
  expect(bundle).toContain('ephemery.yaml');
  expect(secretsIn(bundle, secrets)).toEqual([]);
}

/** Whatever a home's files say, but for those that hold its secrets. */
async function expectNoLeakInFiles({ ephemery, secrets }: Home, forSecrets: RegExp): Promise<void> {
  const files = execFileSync('find', ['.', '-type', 'f', '-size', '-4000k', '-printf', '%P\n'], {
    cwd: ephemery.folder,
    encoding: 'utf8',
  });
  const others = files.split('\n').filter((path) => path !== '' && !forSecrets.test(path));
  const told = await Promise.all(
    others.map(async (path) => [
      path,
      secretsIn(await readFile(join(ephemery.folder, path), 'latin1'), secrets),
    ]),
  );
  expect(others.length).toBeGreaterThan(5);
  expect(told).toEqual(others.map((path) => [path, []]));
}

/** Arguments and environment of every process of a home. */
async function processesOf({ ephemery }: Home): Promise<readonly string[]> {
  const seen = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => {
        const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '');
        return `${await read('cmdline')}\n${await read('environ')}`;
      }),
  );
  return seen.filter((each) => each.includes(ephemery.folder));
}

describe('no secret of a node that runs is told', () => {
  const home = (): Home => ({ ephemery: running, secrets: ofNode });

  it.each(mine.map((path) => [path.join(' '), path] as const))(
    'by `%s`',
    { timeout: 120_000 },
    async (_, path) => {
      const given = caseOf(path);
      expect(given, `a case for ${path.join(' ')}`).toBeDefined();
      if (given !== undefined) await expectNoLeak(home(), path, given);
    },
  );

  it('by a program of the node, in its arguments or environment', async () => {
    const seen = await processesOf(home());
    // The supervisor, the local network's, two clients of each, and the validator client.
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.flatMap((each) => secretsIn(each, ofNode))).toEqual([]);
  });

  it('in a support bundle', () => expectNoLeakInBundle(home()));

  it('in any file but those that are for secrets', () =>
    expectNoLeakInFiles(home(), /\/(?:secrets|protection)\//));

  it("in a support bundle, when a client's own log has them, short ones too", async () => {
    const short = `0x${'5e'.repeat(48)}`;
    await place(join(running.home, `keys/main/secrets/${short}`), 'p1n');
    const logs = join(running.home, 'logs');
    const names = (await readdir(logs)).filter((name) => /execution|validator/.test(name));
    expect(names.length).toBeGreaterThan(1);
    const told = Object.entries({ ...ofNode, short: 'p1n' });
    const lines = told.map(([name, secret]) => `${name} is ${secret}, said a client\n`).join('');
    for (const name of names) await appendFile(join(logs, name), lines);
    const { code } = await running.run('support', 'bundle', '--out', 'marked.tar.gz');
    expect(code).toBe(0);
    await rm(join(running.home, `keys/main/secrets/${short}`));
    const bundle = gunzipSync(await readFile(join(running.folder, 'marked.tar.gz'))).toString('latin1');
    expect(bundle.match(/short is \[secret\], said a client/g)?.length).toBeGreaterThan(1);
    expect(secretsIn(bundle, ofNode)).toEqual([]);
  });

  it('by `down`', { timeout: 120_000 }, () => expectNoLeak(home(), ['down'], ['does']));

  it('by a crash, in what it prints and in the report that Node writes of it', {
    timeout: 240_000,
  }, async () => {
    const now = join(running.folder, 'crash-now');
    const reports = join(running.folder, 'reports');
    await mkdir(reports);
    const preload = join(import.meta.dirname, '../support/crash-when.mjs');
    const NODE_OPTIONS = `--import=${preload} --report-uncaught-exception --report-directory=${reports}`;
    const { says, ended } = running.startIn({ NODE_OPTIONS, CRASH_WHEN: now }, 'up', '--json');
    await says('start validator (mayfly)');
    await writeFile(now, '');
    const { code, out, error } = await ended;
    expect([code === 0, error]).toEqual([false, expect.stringContaining('a crash that was asked for')]);
    const [report = '', ...others] = await readdir(reports);
    expect(others).toEqual([]);
    const text = await readFile(join(reports, report), 'utf8');
    expect(text).toContain('"environmentVariables"');
    expect(secretsIn(out + error + text, ofNode)).toEqual([]);
  });
});

describe('no secret that a configuration names is told', () => {
  const home = (): Home => ({ ephemery: described, secrets: ofConfig });
  const says = ([how, ...args]: Case): Case => [
    how === 'runs' ? 'runs' : 'says',
    ...args.map((arg) => (arg === 'devnet' ? 'own' : arg)),
  ];

  it.each(mine.map((path) => [path.join(' '), path] as const))(
    'by `%s`',
    { timeout: 120_000 },
    async (_, path) => expectNoLeak(home(), path, says(caseOf(path) ?? ['says'])),
  );

  it('by a program, in its arguments or environment', async () => {
    const seen = await processesOf(home());
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.flatMap((each) => secretsIn(each, ofConfig))).toEqual([]);
  });

  it('in a support bundle', () => expectNoLeakInBundle(home()));

  it('by `down`', { timeout: 120_000 }, () => expectNoLeak(home(), ['down'], ['does']));

  it('in any file but those that are for secrets', () =>
    expectNoLeakInFiles(
      home(),
      /\/secrets\/|^(?:(?:first|ephemery|network)\.yaml|s3\.txt|database\.txt|drill\.txt)/,
    ));
});

const withCredentials = 'http://us:url-password-planted@127.0.0.1:9';
const client = 'client: lighthouse';
const refused: readonly { what: string; consensus?: string; more?: string; network?: string }[] = [
  {
    what: 'a signer',
    more: `    validator: { ${client}, feeRecipient: "0x${'fe'.repeat(20)}", signerUrl: "${withCredentials}" }`,
  },
  { what: 'a builder', consensus: `${client}, builderUrl: "${withCredentials}"` },
  { what: 'a checkpoint provider', more: `    checkpoint: { providers: ["${withCredentials}"] }` },
  {
    what: 'a checkpoint provider of a network',
    network: `checkpointProviders: ["${withCredentials}"]\n`,
  },
];

describe('an address with credentials that a client would get as an argument', () => {
  it.each(refused)('of $what is refused, without being told', async ({ consensus, more, network }) => {
    const text = `version: 1
networks: { own: { file: ./refused-network.yaml } }
nodes:
  home:
    network: own
    execution: { client: geth }
    consensus: { ${consensus ?? client} }
${more ?? ''}
`;
    await place(join(described.folder, 'refused.yaml'), text);
    await place(join(described.folder, 'refused-network.yaml'), networkWith(network ?? ''));
    for (const line of ['plan', 'doctor', 'network show own']) {
      const { code, out, error } = await described.run(...line.split(' '), '--config', 'refused.yaml');
      expect([line, (code ?? 0) > 0]).toEqual([line, true]);
      expect(out + error).toMatch(/(?:must not hold|without) a user name/);
      expect(secretsIn(out + error, { url: 'url-password-planted' })).toEqual([]);
    }
  });
});
