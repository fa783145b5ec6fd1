import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ErrorCode } from '../../src/base/errors.ts';
import { MessageStore } from '../../src/storage/files/kept-messages.ts';
import { prepareRoot } from '../../src/storage/files/layout.ts';
import { rootPaths } from '../../src/storage/files/root-paths.ts';
import { cannotMount } from './cannot-mount.ts';
import { startConnectProxy } from './connect-proxy.ts';
import type { DoctorHost } from './doctor-host.ts';

const run = promisify(execFile);

type Undo = () => Promise<void>;

/** Something that is really wrong with a host, for one finding. */
export interface DoctorCause {
  readonly code: ErrorCode;
  readonly what: string;
  /** Why it cannot be brought about on this machine. */
  readonly lack?: string | undefined;
  /** Where others of the root may have it too. */
  readonly layer?: 'execution';
  /** What the finding must say. */
  readonly says: (host: DoctorHost) => string;
  /** Brings it about, and gives the way back. */
  bring(host: DoctorHost): Promise<Undo>;
}

const noMount = await cannotMount();
const notRoot = process.getuid?.() === 0 ? undefined : 'giving a file away needs root';

/** What stands in files and on disks. */
export const fileCauses: readonly DoctorCause[] = [
  {
    code: 'EPH-HOST-DISK-LOW',
    what: 'the root is on a disk of 32 MB',
    lack: noMount,
    says: () => 'MB left; a reset does not begin below 1074 MB',
    bring: async ({ home }) => {
      await run('mount', ['-t', 'tmpfs', '-o', 'mode=0700,size=32m', 'tmpfs', home.root]);
      await prepareRoot(rootPaths(home.root));
      return unmount(home.root);
    },
  },
  {
    code: 'EPH-HOST-ROOT-READ-ONLY',
    what: 'the disk of the root is mounted read-only',
    lack: noMount,
    says: () => 'EROFS',
    bring: async ({ home }) => {
      await run('mount', ['--bind', home.root, home.root]);
      await run('mount', ['-o', 'remount,bind,ro', home.root]);
      return unmount(home.root);
    },
  },
  {
    code: 'EPH-HOST-ROOT-OWNER',
    what: 'a keystore belongs to another user',
    lack: notRoot,
    says: () => 'belongs to user 65534; this is user 0',
    bring: async ({ home }) => {
      const path = await writeKeystore(home.root);
      await chown(path, 65_534, 65_534);
      return () => rm(path);
    },
  },
  {
    code: 'EPH-HOST-ROOT-OPEN',
    what: 'others may read a keystore',
    says: () => 'keystore-1.json has the permissions 644',
    bring: async ({ home }) => {
      const path = await writeKeystore(home.root);
      await chmod(path, 0o644);
      return () => rm(path);
    },
  },
  {
    code: 'EPH-HOST-LOCK-UNREADABLE',
    what: 'the lock is no lock',
    says: ({ home }) => home.path('run', 'lock'),
    bring: async ({ home }) => {
      await mkdir(home.path('run'), { recursive: true, mode: 0o700 });
      await home.writeLock('?');
      return () => rm(home.path('run', 'lock'));
    },
  },
  {
    code: 'EPH-HOST-UNEXAMINED',
    what: 'a file lies where the folder of keys should be',
    says: () => 'kept messages',
    bring: async ({ home }) => {
      await rm(home.path('keys'), { recursive: true, force: true });
      await writeFile(home.path('keys'), '', { mode: 0o600 });
      return () => rm(home.path('keys'));
    },
  },
  {
    code: 'EPH-VALIDATORS-MESSAGE-VOID',
    what: 'an exit waits for an iteration that is over',
    says: (host) => `${host.file('exit.json')} has exits of 1 key(s), signed for iteration 1 of own`,
    bring: async (host) => {
      const file = host.file('exit.json');
      const key = `0x${'ab'.repeat(48)}` as const;
      const when = { signedAtMs: Date.now() - 2_000, endsAtMs: Date.now() - 1_000 };
      await new MessageStore(host.home.path('keys')).keep(
        'main',
        { kind: 'exit', network: 'own', iteration: 1, ...when, file, keys: [key] },
        'one',
      );
      await writeFile(file, '{}');
      // As with the real thing: what was sent, or thrown away, waits no more.
      return () => rm(file);
    },
  },
  {
    code: 'EPH-VALIDATORS-KEYS-ASIDE',
    what: 'a client was given a key that no key set has',
    says: (host) =>
      `${host.home.path('nodes', 'one', 'found-keys', 'abababab-lighthouse-1')} has 1 key(s) that are in no key set`,
    bring: async (host) => {
      const found = host.home.path('nodes', 'one', 'found-keys');
      await mkdir(join(found, 'abababab-lighthouse-1'), { recursive: true });
      const keystore = JSON.stringify({ crypto: {}, pubkey: `0x${'ab'.repeat(48)}` });
      await writeFile(join(found, 'abababab-lighthouse-1', 'voting-keystore.json'), keystore);
      return () => rm(found, { recursive: true });
    },
  },
  {
    code: 'EPH-HOST-CONFIG',
    what: 'the configuration names a client that there is none of',
    says: () => 'there is no execution client gath',
    bring: async (host) => {
      await host.change({ execution: 'client: gath' });
      return () => host.change({});
    },
  },
];

/** What programs of this machine do or do not. */
export const programCauses: readonly DoctorCause[] = [
  {
    code: 'EPH-HOST-PORT-TAKEN',
    what: 'somebody else listens on a port of a client',
    says: ({ rpcPort }) => `Port ${rpcPort} (rpc of home.execution)`,
    bring: async ({ rpcPort }) => {
      const server = createTcpServer((socket) => socket.destroy());
      await listening(server, rpcPort);
      return () => closed(server);
    },
  },
  {
    code: 'EPH-HOST-PROGRAM',
    what: 'the program of a client may not be executed',
    says: (host) => host.file('bin/nothing'),
    bring: async (host) => {
      await chmod(host.file('bin/nothing'), 0o644);
      return () => chmod(host.file('bin/nothing'), 0o755);
    },
  },
  {
    code: 'EPH-HOST-RUNTIME',
    what: 'no container engine listens where one should be',
    says: (host) =>
      `container: EPH-RUNTIME-UNREACHABLE: The container runtime does not answer: ${host.file('no-engine.sock')}`,
    bring: async (host) => {
      await host.change({ runtime: 'container', execution: 'client: geth' });
      host.env = { DOCKER_HOST: `unix://${host.file('no-engine.sock')}` };
      return async () => {
        host.env = {};
        await host.change({});
      };
    },
  },
  {
    code: 'EPH-HOST-CLIENT-BEHIND',
    what: 'the release is of a fork that the client does not know',
    says: () => 'EthereumJS',
    bring: async (host) => {
      await host.holdRelease();
      await host.change({ execution: 'client: ethereumjs' });
      return () => host.change({});
    },
  },
  {
    code: 'EPH-HOST-FORK-UNKNOWN',
    what: 'the version of a client is the name of something that moves',
    says: () => 'EthereumJS runs as nightly, which tells no number',
    bring: async (host) => {
      await host.holdRelease();
      const artifact = `artifact: { kind: path, path: ${host.file('bin/nothing')} }`;
      await host.change({ execution: `client: ethereumjs, version: nightly, ${artifact}` });
      return () => host.change({});
    },
  },
  {
    code: 'EPH-RELEASE-CLOCK-SKEW',
    what: 'the host of releases has another time',
    says: () => 's ahead of releases.invalid',
    bring: (host) => askForDate(host, new Date(Date.now() - 300_000).toUTCString()),
  },
  {
    code: 'EPH-RELEASE-CLOCK-UNMEASURED',
    what: 'the host of releases tells no time',
    says: () => 'no answer had a usable date',
    bring: (host) => askForDate(host, undefined),
  },
];

async function writeKeystore(root: string): Promise<string> {
  const folder = join(root, 'keys/main/keystores');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'keystore-1.json');
  await writeFile(path, '{}', { mode: 0o600 });
  return path;
}

function unmount(folder: string): Undo {
  return async () => {
    await run('umount', [folder]);
  };
}

export async function listening(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/**
 * A host of releases that tells this date, or none. Loopback is nobody's clock but our own, so that it is asked
 * through a proxy; once it is right, the host tells the time of this machine.
 */
async function askForDate(host: DoctorHost, first: string | undefined): Promise<Undo> {
  let isWrong = true;
  const server = createServer((_, response) => {
    response.sendDate = !isWrong;
    if (isWrong && first !== undefined) response.setHeader('date', first);
    response.end();
  });
  const proxy = await startConnectProxy({ to: await listening(server) });
  host.env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` };
  await host.change({ sources: '[{ kind: mirror, url: "http://releases.invalid/" }]' });
  host.afterwards(async () => {
    host.env = {};
    await host.change({});
    await proxy.close();
    await closed(server);
  });
  return async () => {
    isWrong = false;
  };
}
