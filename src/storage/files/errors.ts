import { defineErrors, error } from '../../base/errors.ts';

export const rootErrors = defineErrors({
  'EPH-ROOT-UNUSABLE': error<{ root: string; reason: string }>({
    meaning: 'The home could not be made, or this user may not use it.',
    message: ({ root, reason }) => `The home ${root} cannot be used: ${reason}.`,
    remedy: () => 'Check owner and permissions, or choose another with --home or EPHEMERY_HOME.',
  }),
  'EPH-ROOT-LAYOUT-NEWER': error<{ root: string; found: number; known: number }>({
    meaning: 'The home was written by a newer version of this program.',
    message: ({ root, found, known }) =>
      `The home ${root} has layout ${found}; this program knows layouts up to ${known}.`,
    remedy: () => 'Use the newer version, or another home with --home.',
  }),
  'EPH-ROOT-LAYOUT-INVALID': error<{ file: string; reason: string }>({
    meaning: 'The file that tells the layout of the home cannot be understood.',
    message: ({ file, reason }) => `${file} cannot be understood: ${reason}.`,
    remedy: () => 'If the folder is not a home of ours, choose another with --home; else restore the file.',
  }),
  'EPH-ROOT-NOT-EMPTY': error<{ root: string }>({
    meaning: 'A home was to be made in a folder that holds something else.',
    message: ({ root }) => `${root} holds files and is not a home of ours.`,
    remedy: () => 'Choose an empty or a new folder with --home or EPHEMERY_HOME.',
  }),
  'EPH-ROOT-LOCKED': error<{
    root: string;
    held: 'root' | 'keys';
    pid: number;
    purpose: string;
    sinceIso: string;
  }>({
    meaning: 'Another process is at work on the home, or on the keys in it.',
    message: ({ root, held, pid, purpose, sinceIso }) =>
      `${held === 'keys' ? 'The keys in' : 'The home'} ${root} ${held === 'keys' ? 'are' : 'is'} held by process ${pid} (${purpose}) since ${sinceIso}.`,
    remedy: ({ held, pid }) =>
      held === 'keys'
        ? `Only one process at a time works on keys: wait until it has ended, then try again. If it hangs, end process ${pid}.`
        : `Wait until it has ended, talk to it with \`ephemery status\`, end a supervisor with \`ephemery down\`, or stop process ${pid}.`,
  }),
  'EPH-ROOT-LOCK-UNREADABLE': error<{ file: string; reason: string }>({
    meaning: 'The lock of the home is there but cannot be read or understood.',
    message: ({ file, reason }) => `The lock ${file} cannot be read: ${reason}.`,
    remedy: ({ file }) => `Make sure that no other ephemery runs on this home, then remove ${file}.`,
  }),
  'EPH-ROOT-LOCK-LOST': error<{ file: string }>({
    meaning: 'Somebody removed or replaced the lock while it was held.',
    message: ({ file }) => `The lock ${file} is not ours any more.`,
    remedy: () => 'Nothing was stopped. Find out who removed it, then run `ephemery up` again.',
  }),
  'EPH-ROOT-OTHER-CONFIG': error<{ root: string; bound: string; given: string }>({
    meaning: 'The home serves one configuration and was given another.',
    message: ({ root, bound, given }) => `The home ${root} serves ${bound}, not ${given}.`,
    remedy: () =>
      'Use another home with --home; or, if the file was moved, end the supervisor and run `ephemery up --adopt-config` once.',
  }),
  'EPH-ROOT-SOCKET-FOLDER': error<{ folder: string; reason: string }>({
    meaning: 'The folder for the control socket is not safe to use.',
    message: ({ folder, reason }) => `The socket folder ${folder} is not safe: ${reason}.`,
    remedy: ({ folder }) => `Remove ${folder}, or choose a shorter home with --home.`,
  }),
});
