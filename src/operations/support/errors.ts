import { defineErrors, error } from '../../base/errors.ts';

/** What can go wrong with a support bundle. */
export const supportErrors = defineErrors({
  'EPH-SUPPORT-EXISTS': error<{ file: string }>({
    meaning: 'A support bundle would replace a file.',
    message: ({ file }) => `${file} exists already, and is not replaced.`,
    remedy: () => 'Name another with --out, or move that file away.',
    exitCode: 2,
  }),
  'EPH-SUPPORT-UNWRITABLE': error<{ file: string; reason: string }>({
    meaning: 'A support bundle cannot be written.',
    message: ({ file, reason }) => `${file} cannot be written: ${reason}.`,
    remedy: () => 'Name a file in a folder that you may write to with --out.',
  }),
});
