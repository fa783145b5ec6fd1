import { defineErrors, error } from '../../base/errors.ts';

/** What can be wrong with a slashing protection file (EIP-3076). */
export const interchangeErrors = defineErrors({
  'EPH-INTERCHANGE-INVALID': error<{ file: string; problem: string; atByte: number }>({
    meaning: 'A file is no slashing protection interchange as EIP-3076 describes it.',
    message: ({ file, problem, atByte }) => `${file}, near byte ${atByte}: ${problem}.`,
    remedy: () =>
      'Export the file again from the validator client that signed last. Never start the keys without it on a network where they signed.',
  }),
  'EPH-INTERCHANGE-FILE': error<{ file: string; reason: string }>({
    meaning: 'A slashing protection file that was named cannot be read or written.',
    message: ({ file, reason }) => `${file}: ${reason}.`,
    remedy: () => 'Check its name, and that you may read it, or write in its folder.',
  }),
  'EPH-INTERCHANGE-TOO-LARGE': error<{ file: string; what: string; limit: number }>({
    meaning: 'A slashing protection file has more in it than we read.',
    message: ({ file, what, limit }) => `${file} has more than ${limit} ${what}.`,
    remedy: () =>
      'Have its validator client write a shorter one (most can minify or prune), or split the file by keys.',
  }),
  'EPH-INTERCHANGE-OTHER-NETWORK': error<{ file: string; root: string; wanted: string }>({
    meaning: 'A slashing protection file belongs to another network or another iteration.',
    message: ({ file, root, wanted }) =>
      `${file} is about the network with validators root ${root}, not about ${wanted}.`,
    remedy: () =>
      'Nothing is to be carried over: after a reset the keys begin a new history. Keep the file with its own iteration.',
  }),
});
