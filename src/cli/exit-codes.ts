/** What a command's exit code says; the reference shows this table. */
export const exitCodes = {
  ok: {
    code: 0,
    meaning: 'Done; of `up` in the foreground also: Ctrl-C has stopped everything that it started.',
  },
  error: { code: 1, meaning: 'It could not be done; the error says why and what to do.' },
  usage: { code: 2, meaning: 'The command line was not understood, or a confirmation is missing.' },
  found: { code: 3, meaning: 'The check that was asked for was made and found something critical.' },
  hangup: { code: 129, meaning: 'The terminal was closed. Nodes were left running.' },
  interrupted: {
    code: 130,
    meaning:
      'Ended by Ctrl-C; a foreground `up` only where a second one did not wait for everything to stop.',
  },
  terminated: { code: 143, meaning: 'Ended by SIGTERM. Nodes were left running.' },
} as const;
