import type { FileSet } from './archive.ts';

/** Names under which the flat layout has a file a second time. Source: ephemery-genesis, build-legacy-config.sh. */
const aliases: ReadonlyMap<string, readonly string[]> = new Map([
  ['enodes.txt', ['boot_enode.txt', 'bootnode.txt']],
  ['bootstrap_nodes.txt', ['boot_enr.txt']],
  ['bootstrap_nodes.yaml', ['boot_enr.yaml']],
  ['deposit_contract_block.txt', ['deploy_block.txt']],
]);

const consensusGenesisJson = 'parsed/parsedConsensusGenesis.json';

/** The flat layout of testnet-all.tar.gz, made of that of network-config.tar.gz. */
export function legacyLayout(files: FileSet): FileSet {
  const flat = new Map<string, Uint8Array>();
  for (const [path, content] of files) {
    const name = path === consensusGenesisJson ? 'parsedBeaconState.json' : path.slice(path.indexOf('/') + 1);
    flat.set(name, content);
    for (const alias of aliases.get(name) ?? []) flat.set(alias, content);
  }
  return flat;
}
