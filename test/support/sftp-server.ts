import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import ssh2, { type SFTPWrapper } from 'ssh2';

const { Server, utils } = ssh2;
const { STATUS_CODE } = utils.sftp;

/** What may go wrong with it. */
export interface SftpMisfortune {
  /** So many bytes fit; what follows fails, or is lost without a word. */
  readonly full?: { readonly afterBytes: number; readonly silently: boolean };
  /** The connection ends with the first write. */
  readonly breaksOff?: boolean;
}

/** An SSH server on loopback that lets one key in, over a real folder, as far as backups use SFTP. */
export async function startSftpServer(folder: string, misfortune: SftpMisfortune = {}) {
  // Of the Ed25519 keys that this library makes, one in a hundred and fifty is not read by itself again.
  const host = utils.generateKeyPairSync('ecdsa', { bits: 256 });
  const user = utils.generateKeyPairSync('ecdsa', { bits: 256 });
  const allowed = parsed(user.public);
  const server = new Server({ hostKeys: [host.private] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (attempt) => {
      const isAllowed = attempt.method === 'publickey' && attempt.key.data.equals(allowed);
      if (isAllowed) attempt.accept();
      else attempt.reject(['publickey']);
    });
    client.on('session', (accept) => {
      accept().on('sftp', (open) => {
        const breakOff = misfortune.breaksOff === true ? () => client.end() : undefined;
        serveFolder(open(), folder, { ...misfortune, breakOff });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const fingerprint = createHash('sha256').update(parsed(host.public)).digest('base64').replace(/=+$/, '');
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port, privateKey: user.private, hostKey: `SHA256:${fingerprint}`, close };
}

function parsed(key: string): Buffer {
  const read = utils.parseKey(key);
  if (read instanceof Error) throw read;
  return read.getPublicSSH();
}

/** What the handlers of one session share. */
function openSession(sftp: SFTPWrapper, folder: string) {
  const handles = new Map<number, FileHandle | readonly string[]>();
  let last = 0;
  const id = (handle: Buffer) => handle.readUInt32BE(0);
  const answer = (request: number, work: () => Promise<unknown>) => {
    work().then(
      (told) => (told === undefined ? sftp.status(request, STATUS_CODE.OK) : undefined),
      (thrown: NodeJS.ErrnoException) =>
        sftp.status(request, thrown.code === 'ENOENT' ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE),
    );
  };
  return {
    handles,
    id,
    answer,
    place: (path: string) => join(folder, path.replace(/^\/backups\/?/, '')),
    file: (handle: Buffer) => handles.get(id(handle)) as FileHandle,
    keep: (request: number, what: FileHandle | readonly string[]) => {
      last += 1;
      handles.set(last, what);
      const handle = Buffer.alloc(4);
      handle.writeUInt32BE(last);
      sftp.handle(request, handle);
    },
  };
}

type Session = ReturnType<typeof openSession>;

type Trouble = SftpMisfortune & { readonly breakOff?: (() => void) | undefined };

function serveFolder(sftp: SFTPWrapper, folder: string, trouble: Trouble): void {
  const session = openSession(sftp, folder);
  serveFiles(sftp, session, trouble);
  serveAttributes(sftp, session);
  serveNames(sftp, session);
}

function serveFiles(
  sftp: SFTPWrapper,
  { answer, keep, place, file, handles, id }: Session,
  { full, breakOff }: Trouble,
): void {
  sftp.on('OPEN', (request, path, flags) =>
    answer(request, async () => {
      const writes = (flags & 2) !== 0;
      const { O_RDONLY, O_RDWR, O_CREAT, O_TRUNC } = constants;
      keep(request, await open(place(path), writes ? O_RDWR | O_CREAT | O_TRUNC : O_RDONLY, 0o600));
      return 'told';
    }),
  );
  sftp.on('WRITE', (request, handle, offset, data) =>
    answer(request, async () => {
      if (breakOff !== undefined) return breakOff();
      if (full !== undefined && offset + data.length > full.afterBytes) {
        if (full.silently) return;
        throw new RangeError('no space left');
      }
      await file(handle).write(data, 0, data.length, offset);
    }),
  );
  sftp.on('READ', (request, handle, offset, length) =>
    answer(request, async () => {
      const { bytesRead, buffer } = await file(handle).read(Buffer.alloc(length), 0, length, offset);
      if (bytesRead === 0) sftp.status(request, STATUS_CODE.EOF);
      else sftp.data(request, buffer.subarray(0, bytesRead));
      return 'told';
    }),
  );
  sftp.on('CLOSE', (request, handle) =>
    answer(request, async () => {
      const held = handles.get(id(handle));
      handles.delete(id(handle));
      if (held !== undefined && 'close' in held) await held.close();
    }),
  );
}

function serveAttributes(sftp: SFTPWrapper, { answer, place, file }: Session): void {
  const attributes = async (request: number, path: string | undefined, handle?: Buffer) => {
    const { mode, size, uid, gid, atimeMs, mtimeMs } =
      path === undefined ? await file(handle as Buffer).stat() : await stat(place(path));
    sftp.attrs(request, { mode, size, uid, gid, atime: atimeMs / 1000, mtime: mtimeMs / 1000 });
    return 'told';
  };
  sftp.on('STAT', (request, path) => answer(request, () => attributes(request, path)));
  sftp.on('LSTAT', (request, path) => answer(request, () => attributes(request, path)));
  sftp.on('FSTAT', (request, handle) => answer(request, () => attributes(request, undefined, handle)));
  sftp.on('FSETSTAT', (request) => answer(request, async () => undefined));
  sftp.on('SETSTAT', (request) => answer(request, async () => undefined));
}

function serveNames(sftp: SFTPWrapper, { answer, place, keep, handles, id }: Session): void {
  sftp.on('RENAME', (request, from, to) => answer(request, () => rename(place(from), place(to))));
  sftp.on('REMOVE', (request, path) => answer(request, () => unlink(place(path))));
  sftp.on('OPENDIR', (request, path) =>
    answer(request, async () => {
      keep(request, await readdir(place(path)));
      return 'told';
    }),
  );
  sftp.on('READDIR', (request, handle) =>
    answer(request, async () => {
      const names = handles.get(id(handle)) as readonly string[];
      const entries = names.map((filename) => ({ filename, longname: filename, attrs: emptyAttributes }));
      if (entries.length === 0) sftp.status(request, STATUS_CODE.EOF);
      else sftp.name(request, entries);
      handles.set(id(handle), []);
      return 'told';
    }),
  );
}

const emptyAttributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };
