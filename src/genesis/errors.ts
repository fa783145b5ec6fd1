import { defineErrors, error } from '../base/errors.ts';

/** What can be wrong with the inputs of a genesis, or stop its building. */
export const genesisErrors = defineErrors({
  'EPH-GENESIS-INPUT-MISSING': error<{ directory: string; file: string }>({
    meaning: 'A folder of genesis inputs lacks a file that every network needs.',
    message: ({ directory, file }) => `${directory} holds no ${file}.`,
    remedy: ({ file }) =>
      `Point --inputs at a folder with values.env, cl-config.yaml, el-config.yaml and validators/*.txt, and add ${file}.`,
  }),
  'EPH-GENESIS-INPUT-UNREADABLE': error<{ path: string; problem: string }>({
    meaning: 'A file among the genesis inputs cannot be read, or is larger than we accept.',
    message: ({ path, problem }) => `${path} cannot be used: ${problem}.`,
    remedy: ({ path }) => `Check that ${path} is a plain UTF-8 text file that you may read.`,
  }),
  'EPH-GENESIS-VARIABLE-UNKNOWN': error<{ file: string; line: number; variable: string }>({
    meaning: 'A template names a variable that neither values.env nor our table of defaults has.',
    message: ({ file, line, variable }) => `${file}, line ${line}: nothing gives $${variable} a value.`,
    remedy: ({ variable }) => `Add ${variable}=… to values.env, or correct the name.`,
  }),
  'EPH-GENESIS-VALUE': error<{ file: string; line: number; variable: string; problem: string }>({
    meaning: 'A variable of values.env has a value that cannot be used.',
    message: ({ file, line, variable, problem }) =>
      `${file}${line === 0 ? '' : `, line ${line}`}: ${variable} ${problem}.`,
    remedy: ({ variable }) => `Correct ${variable} in values.env.`,
  }),
  'EPH-GENESIS-CONFIG': error<{ file: string; line?: number; problem: string }>({
    meaning: 'A configuration template does not give a usable configuration.',
    message: ({ file, line, problem }) => `${file}${line === undefined ? '' : `, line ${line}`}: ${problem}.`,
    remedy: ({ file }) => `Correct ${file} or the variables that it names.`,
  }),
  'EPH-GENESIS-PREMINE': error<{ file: string; line?: number; problem: string }>({
    meaning:
      'An account that el-config.yaml wants in the execution genesis is malformed or of a kind we do not make.',
    message: ({ file, line, problem }) => `${file}${line === undefined ? '' : `, line ${line}`}: ${problem}.`,
    remedy: () =>
      'List accounts under el_premine_addrs as "0x<address>": "<n>ETH" or { balance, code, nonce, storage }; give contracts inline under additional_preloaded_contracts.',
  }),
  'EPH-GENESIS-BOOTNODE': error<{ file: string; line: number; found: string; expected: string }>({
    meaning: 'A line of a list of bootnodes is no bootnode.',
    message: ({ file, line, found }) => `${file}, line ${line}: ${found} is no bootnode.`,
    remedy: ({ expected }) => `Write it as ${expected}, or put # before what is a comment.`,
  }),
  'EPH-GENESIS-FORK-UNSUPPORTED': error<{ fork: string; highest: string }>({
    meaning: 'The network is to start at a fork whose genesis we cannot build.',
    message: ({ fork, highest }) =>
      `No genesis state can be built for ${fork}; the highest fork is ${highest}.`,
    remedy: ({ highest }) => `Choose --last-fork ${highest} or an earlier one.`,
  }),
  'EPH-GENESIS-FORK-NOT-SCHEDULED': error<{ fork: string }>({
    meaning: 'The chosen last fork is not among those that the inputs schedule.',
    message: ({ fork }) => `The inputs do not schedule ${fork}, so it cannot be the last fork.`,
    remedy: ({ fork }) => `Set ${fork.toUpperCase()}_FORK_EPOCH in values.env, or choose an earlier fork.`,
  }),
  'EPH-GENESIS-ITERATION': error<{ iteration: number; reason: string }>({
    meaning: 'The wanted iteration does not fit the inputs.',
    message: ({ iteration, reason }) => `Iteration ${iteration} cannot be built: ${reason}.`,
    remedy: () =>
      'Give a whole number; chain id and genesis time follow from values.env and must stay positive.',
  }),
  'EPH-GENESIS-NO-VALIDATORS': error({
    meaning: 'No validator would be active at genesis.',
    message: () => 'None of the genesis validators has the 32 ETH that make it active.',
    remedy: () => 'Add validators with a balance of at least 32000000000 gwei under validators/.',
  }),
  'EPH-GENESIS-OUTPUT-EXISTS': error<{ directory: string }>({
    meaning: 'The folder that a release is to be written to is there already.',
    message: ({ directory }) => `${directory} exists already; a release is never mixed with other files.`,
    remedy: () => 'Name a folder that does not exist yet, or remove that one.',
  }),
});
