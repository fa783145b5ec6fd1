import { defineErrors, error } from '../../base/errors.ts';

export const networkUseErrors = defineErrors({
  'EPH-NETWORK-SEVERAL': error<{ networks: readonly string[] }>({
    meaning: 'A command needs one network, and the nodes of the configuration belong to several.',
    message: ({ networks }) => `Nodes of the configuration are on ${networks.join(', ')}.`,
    remedy: () => 'Say which network is meant.',
    exitCode: 2,
  }),
  'EPH-NETWORK-NOT-BEGUN': error<{ network: string; firstStart: string }>({
    meaning: 'A network’s first iteration lies in the future, so there is no current one.',
    message: ({ network, firstStart }) => `The network ${network} begins at ${firstStart}.`,
    remedy: () => 'Say which iteration is meant, or correct baseTimeSeconds in the network’s file.',
  }),
  'EPH-NETWORK-NO-RELEASE': error<{ network: string; iteration: number }>({
    meaning: 'A command reads the current release of a network, and none is on the disk.',
    message: ({ network, iteration }) =>
      `No verified release of iteration ${iteration} of ${network} is on the disk.`,
    remedy: ({ network }) => `Fetch it with: ephemery network fetch ${network}.`,
  }),
  'EPH-NETWORK-SERVE-ADDRESS': error<{ host: string; port: number; reason: string }>({
    meaning: 'The address that releases were to be served on cannot be listened on.',
    message: ({ host, port, reason }) => `Cannot listen on ${host}, port ${port}: ${reason}.`,
    remedy: () => 'Give another --port (0 takes any free one) or a --host of this machine.',
  }),
  'EPH-NETWORK-SERVE-NOTHING': error<{ folder: string }>({
    meaning: 'The folder that was to be served holds no release.',
    message: ({ folder }) => `${folder} holds no release.`,
    remedy: () =>
      'Name a folder with one folder a release, each named after its tag (such as ephemery-160), or one release itself; `ephemery network build` makes them.',
  }),
});
