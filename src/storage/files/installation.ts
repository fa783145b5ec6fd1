import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-files.ts';
import type { Random } from '../../base/random.ts';
import type { Binding } from '../../core/keys/ownership.ts';
import { record, text } from '../../core/node/decode.ts';
import { rootErrors } from './errors.ts';
import type { RootPaths } from './root-paths.ts';

/** What tells this installation from a copy of it. Hashes, because an identity of a machine is nobody's business. */
export interface HostMarks {
  readonly machine: string;
  /** The root folder itself: a copy has another inode or birth. */
  readonly folder: string;
  /** Hardware addresses, joined by spaces; empty where none belongs to hardware. */
  readonly addresses: string;
}

const installationFile = record({
  id: text,
  machine: text,
  folder: text,
  addresses: text,
});

const changes = {
  machine: 'the machine id is another',
  folder: 'the folder is a copy, or was restored',
  addresses: 'the network hardware is another',
  machineUnseen: 'the machine id, known before, cannot be read any more',
  addressesUnseen: 'the addresses of the network hardware, known before, cannot be read any more',
} as const;

/** Of a machine that has no id. */
const noMachine = digest('');

/**
 * Whose root this is. The first call makes it ours. A copied directory, or the image of a machine restored on
 * another, is `changed` until it is claimed. Throws EPH-ROOT-LAYOUT-INVALID.
 */
export async function openInstallation(
  paths: RootPaths,
  {
    random,
    marks = hostMarks,
  }: { readonly random: Random; readonly marks?: (root: string) => Promise<HostMarks> },
): Promise<Binding> {
  const now = await marks(paths.root);
  const recorded = await readInstallation(paths);
  if (recorded === undefined)
    return { state: 'bound', installation: await writeInstallation(paths, now, random) };
  const differing = differences(recorded, now);
  if (differing.length === 0) return { state: 'bound', installation: recorded.id };
  return { state: 'changed', installation: recorded.id, changes: differing };
}

/** What of this machine or folder is not as the installation has it; writes nothing. Throws EPH-ROOT-LAYOUT-INVALID. */
export async function bindingChanges(
  paths: RootPaths,
  marks: (root: string) => Promise<HostMarks> = hostMarks,
): Promise<readonly string[]> {
  const recorded = await readInstallation(paths);
  return recorded === undefined ? [] : differences(recorded, await marks(paths.root));
}

/** The id of a root's installation; undefined before it has one, which reading does not give it. */
export async function installationId(paths: RootPaths): Promise<string | undefined> {
  return (await readInstallation(paths))?.id;
}

/** Makes this root an installation of its own, whatever it was copied from. Returns its new id. */
export async function claimInstallation(
  paths: RootPaths,
  {
    random,
    marks = hostMarks,
  }: { readonly random: Random; readonly marks?: (root: string) => Promise<HostMarks> },
): Promise<string> {
  return writeInstallation(paths, await marks(paths.root), random);
}

function differences(before: HostMarks, now: HostMarks): readonly string[] {
  return [
    ...machineChange(before, now),
    ...(before.folder === now.folder ? [] : [changes.folder]),
    ...hardwareChange(before, now),
  ];
}

function machineChange({ machine: before }: HostMarks, { machine: now }: HostMarks): readonly string[] {
  if (before === now) return [];
  return [now === noMachine ? changes.machineUnseen : changes.machine];
}

/** What was measured once and is not any more is another machine: an image may be started where nothing tells. */
function hardwareChange({ addresses: before }: HostMarks, { addresses: now }: HostMarks): readonly string[] {
  const known = before.split(' ').filter((address) => address !== '');
  if (known.length === 0 || known.some((each) => now.split(' ').includes(each))) return [];
  return [now === '' ? changes.addressesUnseen : changes.addresses];
}

async function writeInstallation(paths: RootPaths, marks: HostMarks, random: Random): Promise<string> {
  const id = Buffer.from(random.bytes(16)).toString('hex');
  await writeFileAtomic(fileOf(paths), `${JSON.stringify({ id, ...marks })}\n`);
  return id;
}

async function readInstallation(paths: RootPaths) {
  const file = fileOf(paths);
  try {
    return installationFile(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if ((cause as NodeJS.ErrnoException).syscall !== undefined) throw cause;
    const reason = 'it does not say whose installation this is';
    throw rootErrors.create('EPH-ROOT-LAYOUT-INVALID', { file, reason }, cause);
  }
}

function fileOf({ root }: RootPaths): string {
  return join(root, 'installation.json');
}

export async function hostMarks(root: string): Promise<HostMarks> {
  const { ino, birthtimeMs } = await stat(root);
  return {
    machine: digest(await machineId()),
    folder: digest(`${ino} ${Math.floor(birthtimeMs)}`),
    addresses: (await hardwareAddresses()).map(digest).sort().join(' '),
  };
}

/** The system's own id of this machine; empty where it has none. */
async function machineId(): Promise<string> {
  for (const file of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    const id = await readFile(file, 'utf8').catch(() => '');
    if (id.trim() !== '') return id.trim();
  }
  return '';
}

/** Of interfaces with a device behind them: bridges and the like come and go. A cable or a link does not matter. */
async function hardwareAddresses(): Promise<readonly string[]> {
  const found = process.platform === 'linux' ? await linuxAddresses() : otherAddresses();
  return [...new Set(found)].filter((mac) => mac !== '' && mac !== '00:00:00:00:00:00');
}

const linuxInterfaces = '/sys/class/net';

async function linuxAddresses(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await readdir(linuxInterfaces).catch(() => [])) {
    if (!(await exists(join(linuxInterfaces, name, 'device')))) continue;
    found.push((await readFile(join(linuxInterfaces, name, 'address'), 'utf8').catch(() => '')).trim());
  }
  return found;
}

function otherAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).map(
    (addresses) => addresses?.find((each) => !each.internal)?.mac ?? '',
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function digest(value: string): string {
  return createHash('sha256').update(`ephemery-node ${value}`).digest('hex').slice(0, 16);
}
