import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, type ExpectStatic, it } from 'vitest';
import { devnetFolder, writeDevnetSettings } from '../../src/operations/devnet/devnet-file.ts';
import { newDevnetSettings } from '../../src/operations/devnet/devnet-settings.ts';
import { rootPaths } from '../../src/storage/files/root-paths.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { treeOf } from '../support/file-tree.ts';
import { freePort } from '../support/free-port.ts';
import { writeKeySet } from '../support/key-sets.ts';
import { ownConfigText, writeOwnHome } from '../support/own-network.ts';

// Commands in the middle of something long: whoever they ask takes connections, begins a file and never ends it.
const withinMs = 20_000;
const soonMs = 60_000;
let server: Server;
/** Paths that were asked for; the first part of each names the one who asked. */
const asked: string[] = [];

beforeAll(async () => {
  server = createServer(({ method, url = '' }, response) => {
    asked.push(url);
    // An upload that is never heard of again.
    if (method === 'PUT' && url.includes('/silent/')) return;
    response.writeHead(200, { 'content-length': 1_000_000 }).write(Buffer.from([0x1f, 0x8b]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A home of its own, whose network, programs and backups are with the server, under its name. */
async function home(name: string): Promise<EphemeryProcess> {
  const ephemery = await EphemeryProcess.inNewFolder();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
  const artifact = `{ kind: archive, url: "${url}/geth.tar.gz", bin: geth, sha256: ${'a'.repeat(64)} }`;
  const nodes = `  home:
    network: own
    execution: { client: geth, version: 1.17.6, artifact: ${artifact} }
    consensus: { client: lighthouse }
`;
  const backup = `backup:
  recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p]
  targets: [{ kind: s3, endpoint: "${url}", bucket: backups, credentialsFile: s3 }]
`;
  await writeOwnHome(ephemery.folder, {
    source: `{ kind: mirror, url: "${url}/latest" }`,
    config: `${ownConfigText(nodes)}${backup}`,
  });
  const secret = { mode: 0o600 };
  await writeFile(join(ephemery.folder, 's3'), 'access_key_id=A\nsecret_access_key=B\n', secret);
  await writeFile(join(ephemery.folder, 'P'), 'a password of twelve', secret);
  await mkdir(join(ephemery.folder, 'releases/own-1'), { recursive: true });
  await writeKeySet(ephemery.home, 'main', [7]);
  await mkdir(join(ephemery.home, 'logs'));
  await writeFile(join(ephemery.home, 'logs/home.execution.log'), 'of yesterday\n');
  return ephemery;
}

async function withDevnet(ephemery: EphemeryProcess): Promise<void> {
  const [releaser, api, rpc, engine, p2p] = await Promise.all([1, 2, 3, 4, 5].map(() => freePort()));
  const ports = { releaser, api, rpc, engine, p2p } as Record<
    'releaser' | 'api' | 'rpc' | 'engine' | 'p2p',
    number
  >;
  const settings = newDevnetSettings({
    name: 'devnet',
    seed: 'interrupted',
    nowMs: Date.now(),
    ports,
    validators: 32,
  });
  await writeDevnetSettings(devnetFolder(ephemery.home, 'devnet'), settings);
}

async function backUpIntoSilence({ folder }: EphemeryProcess): Promise<void> {
  const file = join(folder, 'ephemery.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace('bucket: backups', 'bucket: silent'));
}

interface Case {
  readonly line: string;
  /** Of the same line, which one it is. */
  readonly what?: string;
  /** In the middle once somebody was asked for a path with this, or once this was said. */
  readonly until: { readonly asked: string } | { readonly said: string };
  /** With Ctrl-C; 130 unless told. */
  readonly interrupted?: number;
  readonly before?: (ephemery: EphemeryProcess) => Promise<void>;
}

const many = '--count 400 --password-file P --save-mnemonic W';
const cases: readonly Case[] = [
  { line: 'up', until: { asked: 'geth' }, interrupted: 0 },
  { line: 'up --detach', until: { asked: 'geth' } },
  { line: `keys new --set other ${many} --no-backup`, until: { said: 'Encrypting keystores' } },
  { line: 'network fetch own', until: { asked: 'latest' } },
  { line: 'artifacts update --yes', until: { asked: 'geth' } },
  { line: 'keys backup', until: { asked: 'list-type' } },
  { line: 'keys backup', what: ', uploading', until: { asked: '/silent/' }, before: backUpIntoSilence },
  { line: 'keys backup list', until: { asked: 'list-type' } },
  { line: 'keys backup drill --passphrase-file P', until: { asked: 'list-type' } },
  { line: 'keys restore --passphrase-file P --yes', until: { asked: 'list-type' } },
  { line: `keys new --out other ${many}`, until: { said: 'Encrypting keystores' } },
  { line: 'network serve releases', until: { said: 'Serving' } },
  { line: 'devnet run', until: { said: 'The network devnet runs' }, before: withDevnet },
  { line: 'sync --watch', until: { said: 'home' } },
  { line: 'logs home --follow', until: { said: 'of yesterday' } },
];

const signals = [
  { signal: 'SIGINT', code: 130 },
  { signal: 'SIGTERM', code: 143 },
] as const;

/** What is there only while somebody is at work, or was not asked for before it was told to end. */
const half =
  /\.tmp$|\.part$|\.staging-|(^|[/.])lock$|\.sock$|^W$|^\.?other|^home\/(keys\/other|backups\/.+\/|releases\/.+\/)/;

describe('a command that is told to end in the middle', () => {
  it.concurrent.for(
    signals.flatMap(({ signal, code }, at) =>
      cases.map((each, number) => ({
        ...each,
        title: `${each.line}${each.what ?? ''}`,
        signal,
        code: (signal === 'SIGINT' ? each.interrupted : undefined) ?? code,
        name: `${at}-${number}`,
      })),
    ),
  )(
    '$title: $signal ends it with $code, and nothing is half done',
    { timeout: 120_000 },
    async (each, { expect }) => {
      const ephemery = await home(each.name);
      try {
        await each.before?.(ephemery);
        const { child, ended } = ephemery.start(...each.line.split(' '));
        child.stdin?.end();
        await expect.poll(isInTheMiddle(child, each), { timeout: soonMs }).toBe(true);
        child.kill(each.signal);
        const giveUp = setTimeout(() => child.kill('SIGKILL'), withinMs);
        const { code, error } = await ended;
        clearTimeout(giveUp);
        expect([code, error]).toEqual([each.code, expect.not.stringContaining('    at ')]);
        if (each.line === 'up --detach' && each.signal === 'SIGTERM') await endBackground(ephemery, expect);
        const left = (await treeOf(ephemery.folder)).map((entry) => entry.split(' ')[0] ?? '');
        expect(left).toEqual(expect.arrayContaining(['ephemery.yaml', 'home/keys/main']));
        expect(left.filter((path) => half.test(path))).toEqual([]);
      } finally {
        await rm(ephemery.folder, { recursive: true });
      }
    },
  );
});

/** Else what it said, and its code where it ended before. */
function isInTheMiddle(child: ChildProcess, { until, name }: Pick<Case, 'until'> & { name: string }) {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text) => {
      said += String(text);
    });
  return () => {
    if ('said' in until) return said.includes(until.said) || `${child.exitCode}: ${said}`;
    const isAsked = asked.some((url) => url.startsWith(`/${name}/`) && url.includes(until.asked));
    return isAsked || `${child.exitCode}: ${said}`;
  };
}

/** The supervisor that was left goes on, and hears `down` while it fetches programs. */
async function endBackground(ephemery: EphemeryProcess, expect: ExpectStatic): Promise<void> {
  const { lock } = rootPaths(ephemery.home);
  expect(existsSync(lock)).toBe(true);
  expect(await ephemery.run('down')).toMatchObject({ code: 0 });
  expect(existsSync(lock)).toBe(false);
}
