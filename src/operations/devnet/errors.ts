import { defineErrors, error } from '../../base/errors.ts';

export const devnetErrors = defineErrors({
  'EPH-DEVNET-SETTINGS-UNREADABLE': error<{ path: string; reason: string }>({
    meaning: 'The file with the settings of a local network cannot be read or holds something else.',
    message: ({ path, reason }) => `The devnet's settings in ${path} cannot be used: ${reason}.`,
    remedy: ({ path }) => `Put the file back, or remove the folder of ${path} to begin a new devnet.`,
  }),
  'EPH-DEVNET-SETTINGS-DIFFER': error<{ name: string; option: string; has: string; asked: string }>({
    meaning: 'A local network exists already and was made with other settings.',
    message: ({ name, option, has, asked }) =>
      `The devnet "${name}" was made with ${option} ${has}; ${asked} was asked for.`,
    remedy: ({ option }) =>
      `Leave out ${option}, give another --home, or remove this devnet with \`ephemery down --purge\`.`,
  }),
  'EPH-DEVNET-NOT-MEANT': error<{ options: readonly string[]; config: string }>({
    meaning: 'Settings of a local network were given, and no node belongs to one.',
    message: ({ options, config }) =>
      `${options.join(' and ')} ${options.length === 1 ? 'is' : 'are'} for local networks, and no node of ${config} belongs to one.`,
    remedy: () => 'Leave them out, or begin a network of your own with `ephemery up --network devnet`.',
    exitCode: 2,
  }),
  'EPH-DEVNET-NO-ANSWER': error<{ name: string; part: string; url: string; reason: string }>({
    meaning: 'A local network is to be disturbed, and the part of it that should obey does not answer.',
    message: ({ name, part, url, reason }) =>
      `The ${part} of the devnet "${name}" at ${url} gives no usable answer: ${reason}.`,
    remedy: ({ name }) =>
      `Start it (\`ephemery up\`, or \`ephemery devnet run ${name}\`) and wait for its first block; \`ephemery status\` shows it.`,
  }),
  'EPH-DEVNET-REFUSED': error<{ name: string; part: string; reason: string }>({
    meaning: 'A local network was ordered something that does not fit its state or settings.',
    message: ({ name, part, reason }) => `The ${part} of the devnet "${name}" refuses: ${reason}.`,
    remedy: () => 'Order what fits; the message says what does not. Nothing was changed.',
  }),
  'EPH-DEVNET-SETTING-INVALID': error<{ setting: string; value: string; allowed: string }>({
    meaning: 'A setting of a new local network is out of its range.',
    message: ({ setting, value, allowed }) => `${setting} is ${value}; a devnet takes ${allowed}.`,
    remedy: ({ setting, allowed }) => `Give ${setting} as ${allowed}.`,
  }),
});
