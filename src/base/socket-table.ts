import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

export type PortProtocol = 'tcp' | 'udp';

/** A socket of this host that has a port to itself: one that listens, or any of UDP. */
export interface PortSocket {
  readonly port: number;
  readonly userId: number;
  readonly inode: string;
}

/** TCP_LISTEN; sockets of UDP have a port whatever their state. Source: proc(5), `/proc/net/tcp`. */
const listens = '0A';

/** Tells the sockets that have a port of this host; undefined where the system has no such table. */
export type SocketTable = (protocol: PortProtocol) => Promise<readonly PortSocket[] | undefined>;

/** Sockets of both families, as they are when asked. */
export const portSockets: SocketTable = async (protocol) => {
  if (process.platform !== 'linux') return undefined;
  const tables = await Promise.all([readTable(protocol), readTable(`${protocol}6`)]);
  if (tables[0] === undefined) return undefined;
  return tables.flatMap((text) => socketsOf(text ?? '', protocol));
};

/** The sockets of one moment: each table is read once, however many ports are looked for in it. */
export function oneLook(read: SocketTable = portSockets): SocketTable {
  const tables = new Map<PortProtocol, ReturnType<SocketTable>>();
  return (protocol) => {
    const table = tables.get(protocol) ?? read(protocol);
    tables.set(protocol, table);
    return table;
  };
}

export function socketsOf(table: string, protocol: PortProtocol): readonly PortSocket[] {
  const rows = table.trim().split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, local = '', , state, , , , userId, , inode = '0'] = row.trim().split(/\s+/);
    if (protocol === 'tcp' && state !== listens) return [];
    const port = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16);
    return [{ port, userId: Number(userId), inode }];
  });
}

/** Who has a socket, in words. Of programs of other users no more than that is known. */
export async function ownerWords({ inode, userId }: PortSocket): Promise<string> {
  for (const pid of await processIds()) {
    if (!(await hasSocket(pid, inode))) continue;
    const [name, folder] = await Promise.all([programName(pid), workingFolder(pid)]);
    return `${name} (process ${pid}${folder === undefined ? '' : `, working in ${folder}`})`;
  }
  return `a program of user ${userId}`;
}

async function readTable(name: string): Promise<string | undefined> {
  // A host without the second family has no table of it.
  return readFile(`/proc/net/${name}`, 'utf8').catch(() => undefined);
}

async function processIds(): Promise<readonly string[]> {
  const entries = await readdir('/proc').catch(() => []);
  return entries.filter((entry) => /^\d+$/.test(entry));
}

async function hasSocket(pid: string, inode: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const files = await readdir(folder).catch(() => []);
  const targets = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')));
  return targets.includes(`socket:[${inode}]`);
}

/** Not its arguments, which may hold what is nobody's business. */
async function programName(pid: string): Promise<string> {
  const [program = ''] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  const [first = ''] = program.split(/[ :]/);
  return first === '' ? 'a program' : basename(first);
}

async function workingFolder(pid: string): Promise<string | undefined> {
  return readlink(`/proc/${pid}/cwd`).catch(() => undefined);
}
