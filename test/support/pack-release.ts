import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create } from 'tar';

export type ReleaseFileMap = ReadonlyMap<string, Uint8Array>;

/** Writes files under a folder, making the folders between. */
export async function writeTree(folder: string, files: ReleaseFileMap): Promise<void> {
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}

/** The files as `testnet-all.tar.gz` has them: all at the top, some under further names. */
export function flatFiles(files: ReleaseFileMap): ReleaseFileMap {
  const renamed: Record<string, string> = { 'parsed/parsedConsensusGenesis.json': 'parsedBeaconState.json' };
  const flat = new Map<string, Uint8Array>();
  for (const [path, bytes] of files) {
    const inFolder = path.startsWith('bootnode-keys/');
    flat.set(inFolder ? path : (renamed[path] ?? path.slice(path.lastIndexOf('/') + 1)), bytes);
  }
  const copy = (from: string, to: string) => flat.set(to, flat.get(from) ?? new Uint8Array());
  copy('enodes.txt', 'boot_enode.txt');
  copy('enodes.txt', 'bootnode.txt');
  copy('bootstrap_nodes.txt', 'boot_enr.txt');
  copy('deposit_contract_block.txt', 'deploy_block.txt');
  return flat;
}

/** Packs files as `tar cfz archive *` does. */
export async function packFiles(archive: string, files: ReleaseFileMap): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pack-'));
  try {
    await writeTree(folder, files);
    await mkdir(dirname(archive), { recursive: true });
    await create({ file: archive, cwd: folder, gzip: { level: 1 }, portable: true }, await readdir(folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A release folder as a build leaves it: both archives, and the single files that are published beside them. */
export async function writeReleaseFolder(folder: string, files: ReleaseFileMap): Promise<void> {
  await packFiles(join(folder, 'network-config.tar.gz'), files);
  await packFiles(join(folder, 'testnet-all.tar.gz'), flatFiles(files));
  await writeTree(folder, files);
}
