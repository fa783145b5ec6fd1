import { defineErrors, error } from '../../base/errors.ts';

export const exportErrors = defineErrors({
  'EPH-EXPORT-NONE': error<{ form: string; runtime: string }>({
    meaning: 'No node of the configuration runs in the way that the wished form of export is for.',
    message: ({ form, runtime }) => `No node runs under the runtime ${runtime}, which ${form} would show.`,
    remedy: ({ form }) =>
      form === 'compose' ? 'Use `ephemery export systemd`.' : 'Use `ephemery export compose`.',
    exitCode: 2,
  }),
  'EPH-EXPORT-NO-RELEASE': error<{ node: string; iteration: number }>({
    meaning: 'What would run cannot be told without the release of the current iteration.',
    message: ({ node, iteration }) =>
      `The release of iteration ${iteration}, on which "${node}" would run, is not on this machine.`,
    remedy: () => 'Run `ephemery up`, or fetch it with `ephemery network fetch`.',
  }),
});
