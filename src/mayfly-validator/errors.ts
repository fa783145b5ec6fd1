import { defineErrors, error } from '../base/errors.ts';

export const mayflyValidatorErrors = defineErrors({
  'EPH-MAYFLY-VALIDATOR-USAGE': error<{ reason: string }>({
    meaning: 'The arguments of the mayfly-validator program are wrong.',
    message: ({ reason }) => `Wrong arguments: ${reason}.`,
    remedy: () => 'See `mayfly-validator --help`.',
    exitCode: 2,
  }),
  'EPH-MAYFLY-VALIDATOR-BUNDLE': error<{ path: string; reason: string }>({
    meaning: "The network files that Mayfly's validator client was given cannot be read.",
    message: ({ path, reason }) => `Cannot read the network from ${path}: ${reason}.`,
    remedy: () => 'Give a folder in the layout of network-config.tar.gz.',
  }),
  'EPH-MAYFLY-VALIDATOR-IN-USE': error<{ path: string; pid: number }>({
    meaning: "Another of Mayfly's validator clients runs on the same data directory.",
    message: ({ path, pid }) => `${path} is in use by process ${pid}.`,
    remedy: ({ pid }) => `Stop process ${pid}, or give this one another data directory and other keys.`,
  }),
  'EPH-MAYFLY-VALIDATOR-KEY-FILE': error<{ path: string; reason: string }>({
    meaning: 'A keystore of a key set, or its password file, cannot be used.',
    message: ({ path, reason }) => `Cannot use ${path}: ${reason}.`,
    remedy: () =>
      'A key set holds keystores/<0xpub>.json and, for each of them, its password in secrets/<0xpub>.',
  }),
  'EPH-MAYFLY-VALIDATOR-PROTECTION': error<{ path: string; reason: string }>({
    meaning: 'Slashing protection is there but cannot be read, or what is to be imported cannot.',
    message: ({ path, reason }) => `The slashing protection in ${path} cannot be used: ${reason}.`,
    remedy: () =>
      'Restore the file. Never start these keys without it while their network runs: they could be slashed.',
  }),
  'EPH-MAYFLY-VALIDATOR-OTHER-NETWORK': error<{ url: string; found: string; expected: string }>({
    meaning: 'The beacon node is on another network than the one that the validator client was started for.',
    message: ({ url, found, expected }) =>
      `The beacon node at ${url} is on the network with validators root ${found}, not ${expected}. Nothing is signed.`,
    remedy: () => 'Give the beacon node of this network, or start the validator client for its network.',
  }),
  'EPH-MAYFLY-VALIDATOR-BEACON': error<{ url: string; reason: string; status?: number }>({
    meaning: 'The beacon node does not answer as it should.',
    message: ({ url, reason }) => `The beacon node at ${url}: ${reason}.`,
    remedy: () => 'Nothing, if it is stopped, starting or syncing: duties go on by themselves.',
  }),
  'EPH-MAYFLY-VALIDATOR-REFUSED': error<{ reason: string }>({
    meaning: 'A signature was refused, because it could be slashed or the key is not there any more.',
    message: ({ reason }) => `Not signed: ${reason}.`,
    remedy: () => 'Nothing: this is what slashing protection is for. Often, look whether the keys run twice.',
  }),
  'EPH-MAYFLY-VALIDATOR-PORT': error<{ address: string; port: number }>({
    meaning: 'The address for the Keymanager API is taken or not ours.',
    message: ({ address, port }) => `Cannot serve the Keymanager API on ${address}:${port}.`,
    remedy: () => 'Choose another port, or stop what listens there.',
  }),
});
