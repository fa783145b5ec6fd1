import { defineErrors, error } from '../base/errors.ts';
import { exitCodes } from './exit-codes.ts';

const exitCode = exitCodes.usage.code;

export const cliErrors = defineErrors({
  'EPH-CLI-USAGE': error<{ problem: string; command: string }>({
    meaning: 'A command, option or argument is unknown, or one is missing.',
    message: ({ problem }) => problem,
    remedy: ({ command }) => `See \`${command} --help\`.`,
    exitCode,
  }),
  'EPH-CLI-VALUE': error<{ name: string; given: string; expects: string }>({
    meaning: 'The value of an option or argument has the wrong form.',
    message: ({ name, given, expects }) => `${name} is "${given}"; it must be ${expects}.`,
    remedy: ({ name, expects }) => `Give ${name} as ${expects}; --help shows an example.`,
    exitCode,
  }),
  'EPH-CLI-MISSING': error<{ name: string }>({
    meaning: 'An option that the command cannot do without was not given.',
    message: ({ name }) => `${name} is missing.`,
    remedy: ({ name }) => `Add ${name}; --help shows what it takes.`,
    exitCode,
  }),
  'EPH-CLI-CONFIRM': error<{ what: string }>({
    meaning: 'The command asks before it acts, and nobody is there to be asked.',
    message: ({ what }) => `This would ${what}, and there is nobody to ask.`,
    remedy: () => 'If that is certainly meant, give --yes.',
    exitCode,
  }),
  'EPH-CLI-UNEXPECTED': error<{ message: string }>({
    meaning: 'Something happened that this program has no code for: a defect.',
    message: ({ message }) => message,
    remedy: () => 'Run it again with --log-level debug and report what it says.',
  }),
  'EPH-CLI-WINDOWS': error({
    meaning: 'The program was started on Windows itself.',
    message: () => 'Windows is not supported: processes there cannot be signalled and adopted as we need.',
    remedy: () => 'Run it inside WSL2 (Windows Subsystem for Linux), where it is at home.',
  }),
  'EPH-CLI-NODE': error<{ found: string; needed: string }>({
    meaning: 'The program was started with a Node that is too old.',
    message: ({ found, needed }) => `This is Node ${found}; ${needed} or later is needed.`,
    remedy: () => 'Install a current Node, then run `npm ci` again.',
  }),
});
