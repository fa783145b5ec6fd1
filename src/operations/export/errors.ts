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
  'EPH-EXPORT-PROGRAM-MISSING': error<{ node: string; client: string; version: string; origin: string }>({
    meaning: 'A unit cannot name the program that would run, because it is not on this machine.',
    message: ({ node, client, version, origin }) =>
      `${client} ${version}, which "${node}" would run, is not on this machine; it would come from ${origin}.`,
    remedy: () => 'Run `ephemery up`, or fetch the programs with `ephemery artifacts update`.',
  }),
});
