import { defineErrors, error } from '../../base/errors.ts';

export const devnetErrors = defineErrors({
  'EPH-DEVNET-SETTINGS-UNREADABLE': error<{ path: string; reason: string }>({
    meaning: 'The file with the settings of a local network cannot be read or holds something else.',
    message: ({ path, reason }) => `The devnet's settings in ${path} cannot be used: ${reason}.`,
    remedy: ({ path }) => `Put the file back, or remove the folder of ${path} to begin a new devnet.`,
  }),
  'EPH-DEVNET-SETTINGS-DIFFER': error<{ name: string; setting: string; has: string; asked: string }>({
    meaning: 'A local network exists already and was made with other settings.',
    message: ({ name, setting, has, asked }) =>
      `The devnet "${name}" exists with ${setting} ${has}; ${asked} was asked for.`,
    remedy: ({ setting }) =>
      `Leave out the option for ${setting}, give another --home, or remove this devnet with \`ephemery down --purge\`.`,
  }),
  'EPH-DEVNET-SETTING-INVALID': error<{ setting: string; value: string; allowed: string }>({
    meaning: 'A setting of a new local network is out of its range.',
    message: ({ setting, value, allowed }) => `${setting} is ${value}; a devnet takes ${allowed}.`,
    remedy: ({ setting, allowed }) => `Give ${setting} as ${allowed}.`,
  }),
});
