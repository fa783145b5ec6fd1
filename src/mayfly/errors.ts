import { defineErrors, error } from '../base/errors.ts';

export const mayflyErrors = defineErrors({
  'EPH-MAYFLY-BUNDLE': error<{ path: string; reason: string }>({
    meaning: 'The network files that Mayfly was given cannot be read.',
    message: ({ path, reason }) => `Cannot read the network from ${path}: ${reason}.`,
    remedy: () =>
      'Give a folder in the layout of network-config.tar.gz, as `ephemery network build` makes it.',
  }),
  'EPH-MAYFLY-FORK': error<{ fork: string }>({
    meaning: 'The genesis is of a fork that Mayfly does not simulate.',
    message: ({ fork }) => `The genesis state is of ${fork}; Mayfly simulates Electra and Fulu.`,
    remedy: () => 'Build the genesis with Electra or Fulu as its last fork.',
  }),
  'EPH-MAYFLY-PUBLIC-NETWORK': error<{ network: string; chainId: number }>({
    meaning: 'Mayfly was given a public network, whose consensus it would make up.',
    message: ({ network, chainId }) =>
      `These are the files of ${network} (chain id ${chainId}); Mayfly simulates local networks only.`,
    remedy: () => 'Choose a real consensus client for it, or use Mayfly with a devnet.',
  }),
  'EPH-MAYFLY-NO-KEYS': error<{ count: number }>({
    meaning: 'None of the keys derived from the seed is a validator of this network.',
    message: ({ count }) => `None of the ${count} keys of this seed is a validator of the genesis.`,
    remedy: () => 'Use the seed and the number of validators that the genesis was built with.',
  }),
  'EPH-MAYFLY-OTHER-NETWORK': error<{ path: string; found: string; expected: string }>({
    meaning: 'The data directory holds the chain of another network.',
    message: ({ path, found, expected }) =>
      `${path} holds the chain with validators root ${found}, not ${expected}.`,
    remedy: () => 'Use a new data directory for each network.',
  }),
  'EPH-MAYFLY-IN-USE': error<{ path: string; pid: number }>({
    meaning: 'Another Mayfly runs on the same data directory.',
    message: ({ path, pid }) => `${path} is in use by process ${pid}.`,
    remedy: ({ pid }) => `Stop process ${pid}, or give this one another data directory.`,
  }),
  'EPH-MAYFLY-JWT': error<{ path: string }>({
    meaning: 'The JWT secret file is unreadable or is not 64 hex digits.',
    message: ({ path }) => `${path} holds no JWT secret: 64 hex digits are expected.`,
    remedy: () => 'Give the file that the execution client was started with.',
  }),
  'EPH-MAYFLY-PORT': error<{ address: string; port: number }>({
    meaning: 'The address for the Beacon API is taken or not ours.',
    message: ({ address, port }) => `Cannot serve the Beacon API on ${address}:${port}.`,
    remedy: () => 'Choose another port, or stop what listens there.',
  }),
  'EPH-MAYFLY-STORE': error<{ root: string }>({
    meaning: 'The stored chain is damaged: a block or a state that must be there cannot be read.',
    message: ({ root }) => `The stored chain is damaged at block ${root}.`,
    remedy: () => 'Start with a new data directory; a follower fetches the chain again.',
  }),
  'EPH-MAYFLY-BLOCK': error<{ slot: number; reason: string }>({
    meaning: 'A block that was handed in breaks the rules of the chain.',
    message: ({ slot, reason }) => `The block of slot ${slot} is refused: ${reason}.`,
    remedy: () => 'Build it again on the current head.',
  }),
  'EPH-MAYFLY-ENGINE': error<{ reason: string }>({
    meaning: 'The execution client answered with something that the protocol does not know.',
    message: ({ reason }) => `The execution client gave an unusable answer: ${reason}.`,
    remedy: () => 'Use a version of the execution client that reaches the fork of this network.',
  }),
  'EPH-MAYFLY-UPSTREAM': error<{ url: string; reason: string }>({
    meaning: 'The producer that is followed does not answer as it should.',
    message: ({ url, reason }) => `Cannot follow ${url}: ${reason}.`,
    remedy: () => 'Nothing, if the producer is stopped or starting: following goes on by itself.',
  }),
  'EPH-MAYFLY-CHAOS': error<{ reason: string }>({
    meaning: 'A disturbance was ordered that this network cannot show.',
    message: ({ reason }) => `The chaos command is refused: ${reason}.`,
    remedy: () =>
      'Order one that fits the state of the network; `GET /mayfly/v1/chaos` tells what is in force.',
  }),
  'EPH-MAYFLY-USAGE': error<{ reason: string }>({
    meaning: 'The arguments of the mayfly program are wrong.',
    message: ({ reason }) => `Wrong arguments: ${reason}.`,
    remedy: () => 'See `mayfly --help`.',
    exitCode: 2,
  }),
});
