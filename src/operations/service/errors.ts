import { defineErrors, error } from '../../base/errors.ts';

export const serviceErrors = defineErrors({
  'EPH-SERVICE-PLATFORM': error<{ platform: string }>({
    meaning: 'A service of the system can only be installed where systemd is.',
    message: ({ platform }) => `Services are installed for systemd, which ${platform} does not have.`,
    remedy: () => 'Have `ephemery up` started at boot by what this system has for it (on macOS: launchd).',
    exitCode: 2,
  }),
  'EPH-SERVICE-OTHER': error<{ file: string; root: string }>({
    meaning: 'A service of the same name serves another home.',
    message: ({ file, root }) => `${file} serves another home than ${root}.`,
    remedy: () => 'Uninstall it there first, or remove the file.',
    exitCode: 2,
  }),
  'EPH-SERVICE-SYSTEMD': error<{ command: string; reason: string }>({
    meaning: 'systemd refused what it was asked to do.',
    message: ({ command, reason }) => `\`${command}\` failed: ${reason}`,
    remedy: () =>
      'Run it by hand and mend what it says. A service of the user needs a session; one of the system needs root.',
  }),
});
