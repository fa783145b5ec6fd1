/**
 * Where each dependency may be used in src. A library enters by one or two doors, so that it can be
 * replaced, and so that nobody loads it by accident.
 */
export interface PackageUse {
  /** Folders; the first is its home. */
  readonly folders: readonly string[];
  /** Costs more than some 10 ms to load: never reached from the command line's start by static imports. */
  readonly heavy?: true;
}

const consensusLibrary: PackageUse = {
  folders: ['src/mayfly/', 'src/mayfly-validator/', 'src/genesis/'],
  heavy: true,
};

export const packageUses: Readonly<Record<string, PackageUse>> = {
  '@lodestar/api': consensusLibrary,
  '@lodestar/config': consensusLibrary,
  '@lodestar/params': consensusLibrary,
  '@lodestar/state-transition': consensusLibrary,
  '@lodestar/types': consensusLibrary,
  '@lodestar/utils': consensusLibrary,
  '@chainsafe/blst': { ...consensusLibrary, folders: [...consensusLibrary.folders, 'src/keys/'] },
  '@chainsafe/persistent-merkle-tree': consensusLibrary,
  '@chainsafe/pubkey-index-map': consensusLibrary,
  '@chainsafe/ssz': consensusLibrary,
  '@ethereumjs/rlp': { folders: ['src/genesis/', 'src/chain/'] },
  '@noble/curves': { folders: ['src/chain/'], heavy: true },
  'age-encryption': { folders: ['src/backup/'], heavy: true },
  aws4fetch: { folders: ['src/backup/'], heavy: true },
  ssh2: { folders: ['src/backup/'], heavy: true },
  'tar-stream': { folders: ['src/backup/'], heavy: true },
  '@noble/hashes': { folders: ['src/'] },
  commander: { folders: ['src/cli/', 'src/app/mayfly/', 'src/app/mayfly-validator/', 'src/app/program/'] },
  '@clack/prompts': { folders: ['src/cli/output/'], heavy: true },
  '@scure/bip39': { folders: ['src/core/keys/'] },
  '@zip.js/zip.js': { folders: ['src/keys/'], heavy: true },
  dockerode: { folders: ['src/runtimes/container/'], heavy: true },
  fastify: { folders: ['src/server/', 'src/mayfly/', 'src/mayfly-validator/', 'src/releases/'], heavy: true },
  fzstd: { folders: ['src/keys/'], heavy: true },
  pg: { folders: ['src/signer/'], heavy: true },
  pino: { folders: ['src/app/'], heavy: true },
  qs: { folders: ['src/mayfly/', 'src/server/', 'src/chain/'] },
  tar: { folders: ['src/base/', 'src/genesis/', 'src/keys/'], heavy: true },
  undici: { folders: ['src/base/', 'src/chain/', 'src/releases/', 'src/artifacts/'], heavy: true },
  yaml: {
    folders: [
      'src/config/',
      'src/genesis/',
      'src/releases/',
      'src/mayfly/',
      'src/mayfly-validator/',
      'src/artifacts/',
      'src/operations/export/',
      'src/operations/support/',
      'src/keys/',
    ],
    heavy: true,
  },
  'xz-decompress': { folders: ['src/keys/'], heavy: true },
  yauzl: { folders: ['src/base/'], heavy: true },
  zod: {
    folders: [
      'src/config/',
      'src/chain/',
      'src/releases/',
      'src/artifacts/',
      'src/storage/',
      'src/runtimes/',
      'src/server/',
      'src/mayfly/',
      'src/mayfly-validator/',
      'src/genesis/',
      'src/operations/',
    ],
    heavy: true,
  },
};

/** What only tests import. */
export const testPackages: readonly string[] = ['vitest', 'fast-check', 'typescript'];
