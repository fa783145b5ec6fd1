import { defineErrors, error } from '../base/errors.ts';

/** What can go wrong between us and the programs we run, whichever runtime runs them. */
export const runtimeErrors = defineErrors({
  'EPH-RUNTIME-PROGRAM-MISSING': error<{ client: string; program: string }>({
    meaning: 'The program of a client is not where it was installed, or may not be executed.',
    message: (f) => `The program of ${f.client} cannot be executed: ${f.program}`,
    remedy: () => 'Run `ephemery doctor`; if the file is gone, install the client again with `ephemery up`.',
  }),
  // `nothingRan`: no program was begun, and none of this try can begin any more.
  'EPH-RUNTIME-START-FAILED': error<{ unit: string; reason: string; nothingRan?: true }>({
    meaning: 'A unit could not be started.',
    message: (f) => `${f.unit} could not be started: ${f.reason}`,
    remedy: (f) => `Read \`ephemery logs ${f.unit}\`, mend what it says, then run \`ephemery up\` again.`,
  }),
  'EPH-RUNTIME-PORT-TAKEN': error<{ unit: string; reason: string; port?: number }>({
    meaning: 'A port that a client listens on is used by another program or container.',
    message: (f) => `${f.unit} cannot have its port: ${f.reason}`,
    remedy: ({ port }) =>
      `End the program or container that has it${port === undefined ? '' : ` (\`sudo lsof -nP -i :${port}\` shows it)`}, or give the client another port in ephemery.yaml. It is tried again by itself, and goes on once the port is free.`,
  }),
  'EPH-RUNTIME-UNREACHABLE': error<{ runtime: string; reason: string }>({
    meaning: 'The runtime could not be asked, so that nobody knows what runs.',
    message: (f) => `The ${f.runtime} runtime does not answer: ${f.reason}`,
    remedy: () => 'Nothing was changed. Bring the runtime back; the next try goes on from here.',
  }),
  'EPH-RUNTIME-STOP-FAILED': error<{ unit: string; detail: string }>({
    meaning: 'A unit still runs after it was killed.',
    message: (f) => `${f.unit} still runs after SIGKILL: ${f.detail}`,
    remedy: () =>
      'A process in uninterruptible sleep waits for a disk: look at the disk, then run the command again.',
  }),
  'EPH-RUNTIME-TASK-DEADLINE': error<{ task: string; deadlineMs: number; tail: readonly string[] }>({
    meaning: 'A one-shot program did not end in time and was killed.',
    message: (f) =>
      `${f.task} did not end within ${f.deadlineMs / 1000} s${f.tail.length === 0 ? '' : `; last line: ${f.tail.at(-1)}`}`,
    remedy: (f) => `Read \`ephemery logs ${f.task}\`; a busy machine may only need another try.`,
  }),
  'EPH-RUNTIME-RECORD-UNREADABLE': error<{ unit: string; path: string }>({
    meaning: 'The record of what was started under a name is damaged, so that nobody knows whether it runs.',
    message: (f) => `The run record of ${f.unit} cannot be read: ${f.path}`,
    remedy: (f) =>
      `See with \`ps\` whether the program of ${f.unit} runs, stop it if it does, then delete the file.`,
  }),
});
