import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from '../../base/make-folders.ts';
import { bundleFiles } from '../../core/network/bundle.ts';

/** Where files of the legacy flat layout (testnet-all.tar.gz) go. All others go under metadata/. */
const flatNames: ReadonlyMap<string, string> = new Map([
  ['retention.vars', bundleFiles.retention],
  ['validator-names.yaml', bundleFiles.validatorNames],
  ['parsedBeaconState.json', 'parsed/parsedConsensusGenesis.json'],
  ['parsedConsensusGenesis.json', 'parsed/parsedConsensusGenesis.json'],
]);

/** Further names of a file, used where the first is absent. */
const flatAliases: ReadonlyMap<string, string> = new Map([
  ['boot_enode.txt', bundleFiles.enodes],
  ['bootnode.txt', bundleFiles.enodes],
  ['boot_enr.txt', bundleFiles.bootstrapNodes],
  ['boot_enr.yaml', bundleFiles.bootstrapNodesYaml],
  ['deploy_block.txt', bundleFiles.depositContractBlock],
]);

const layoutFolders = ['metadata', 'parsed', 'bootnode-keys'];

/** The name that a file of the network-config layout has in the flat one. */
export function flatNameOf(path: string): string {
  const listed = [...flatNames].find(([, target]) => target === path);
  return listed?.[0] ?? path.slice(path.lastIndexOf('/') + 1);
}

/**
 * Brings what was unpacked into the layout of network-config.tar.gz, in place. A single folder around
 * everything is taken away; the flat layout is mapped; what no layout has at its top is removed.
 */
export async function normaliseLayout(folder: string): Promise<void> {
  await unwrap(folder);
  const names = await readdir(folder);
  if (names.includes('metadata')) {
    const strangers = names.filter((name) => !layoutFolders.includes(name) && name !== bundleFiles.retention);
    for (const name of strangers) await rm(join(folder, name), { recursive: true });
    return;
  }
  for (const name of layoutFolders) await makeFolders(join(folder, name), 0o755);
  const present = new Set(names);
  for (const name of names.filter((each) => !layoutFolders.includes(each))) {
    await moveFlat(folder, name, present);
  }
}

async function moveFlat(folder: string, name: string, present: ReadonlySet<string>): Promise<void> {
  const source = join(folder, name);
  const alias = flatAliases.get(name);
  const target = alias ?? flatNames.get(name) ?? `metadata/${name}`;
  const aliasIsSpare = alias !== undefined && present.has(alias.slice(alias.lastIndexOf('/') + 1));
  if (aliasIsSpare || !(await stat(source)).isFile()) return rm(source, { recursive: true });
  if (target !== name) await rename(source, join(folder, target));
}

async function unwrap(folder: string): Promise<void> {
  const [only, ...others] = await readdir(folder, { withFileTypes: true });
  if (only === undefined || others.length > 0 || !only.isDirectory() || only.name === 'metadata') return;
  // A name that cannot be among the contents, which would else be in the way of the move.
  const wrapper = join(folder, '.wrapper');
  await rename(join(folder, only.name), wrapper);
  for (const name of await readdir(wrapper)) {
    if (name !== '.wrapper') await rename(join(wrapper, name), join(folder, name));
  }
  await rm(wrapper, { recursive: true });
}
