import { defineErrors, error } from '../base/errors.ts';

/** What can go wrong between a configuration that names a client and a program that can be started. */
export const artifactErrors = defineErrors({
  'EPH-ARTIFACT-NO-SOURCE': error<{ client: string; detail: string }>({
    meaning: 'The catalogue knows no place that the wished program of a client can come from.',
    message: (f) => `No program of ${f.client} can be had: ${f.detail}.`,
    remedy: () =>
      'Give `version`, or an `artifact` (npm, archive or path), in the configuration of that client.',
    exitCode: 2,
  }),
  'EPH-ARTIFACT-LOCK-UNREADABLE': error<{ path: string; problem: string }>({
    meaning: 'ephemery.lock is damaged, or was made by a newer version.',
    message: (f) => `${f.path} cannot be read: ${f.problem}`,
    remedy: () => 'Bring it back from version control; deleting it pins everything anew.',
    exitCode: 2,
  }),
  'EPH-ARTIFACT-LOCK-MISMATCH': error<{ key: string; pinned: string; wished: string; path: string }>({
    meaning:
      'The configuration or this installation asks for another program than the one pinned in ephemery.lock.',
    message: (f) => `${f.key} is pinned as ${f.pinned}, but would now be ${f.wished}.`,
    remedy: (f) =>
      `To accept the change: \`ephemery artifacts update\`, or remove the entry "${f.key}" from ${f.path}.`,
    exitCode: 2,
  }),
  'EPH-ARTIFACT-LOCK-BUSY': error<{ path: string; problem: string }>({
    meaning: 'Somebody else of ours, such as the supervisor, changed ephemery.lock at the same time.',
    message: (f) => `${f.path} was left as it is: ${f.problem}.`,
    remedy: () => 'Give the command again: what was installed stays installed.',
  }),
  'EPH-ARTIFACT-NO-PREVIOUS': error<{ path: string }>({
    meaning: 'There is nothing to go back to: no update of programs was made.',
    message: (f) => `${f.path} holds no earlier programs.`,
    remedy: () => 'To run another version, set `version` in the configuration.',
    exitCode: 2,
  }),
  'EPH-ARTIFACT-CHECKSUM': error<{ origin: string; expected: string; actual: string }>({
    meaning: 'What was fetched is not what was pinned or configured.',
    message: (f) => `${f.origin} has the checksum ${f.actual}, expected ${f.expected}.`,
    remedy: () =>
      'Nothing was installed. Find out at the publisher whether the file was replaced before you accept it.',
  }),
  'EPH-ARTIFACT-FETCH': error<{ origin: string; problem: string }>({
    meaning: 'A program could not be fetched or unpacked.',
    message: (f) => `${f.origin} could not be installed: ${f.problem.replace(/\.$/, '')}.`,
    remedy: () => 'Check the network and the address; what is installed already runs without a network.',
  }),
  'EPH-ARTIFACT-NOT-PUBLISHED': error<{ origin: string; problem: string }>({
    meaning: 'The place that a program should come from has no such version or file.',
    message: (f) => `${f.origin} is not published: ${f.problem.replace(/\.$/, '')}.`,
    remedy: () => 'Check `version` and `artifact` of that client in the configuration.',
    exitCode: 2,
  }),
  'EPH-ARTIFACT-NO-CHECKSUM': error<{ url: string; problem: string }>({
    meaning: 'The checksum that the publisher of a program gives for it could not be had.',
    message: (f) => `${f.url} gives no checksum: ${f.problem}.`,
    remedy: () =>
      'Try again later. If this version has none, give `artifact` with its address and `sha256` in the configuration.',
  }),
  'EPH-ARTIFACT-SIGNATURE': error<{ url: string; problem: string }>({
    meaning: 'A program does not have the signature that its publisher gives, or that could not be had.',
    message: (f) => `${f.url} does not vouch for what was fetched: ${f.problem}.`,
    remedy: () =>
      'Nothing was installed. Try again later; if the publisher signs with a new key, update Ephemery Node, or give `artifact` with its address and `sha256` in the configuration.',
  }),
  'EPH-ARTIFACT-DISK-FULL': error<{ origin: string; folder: string }>({
    meaning: 'The disk has no room for a program.',
    message: (f) => `There is no room in ${f.folder} for what comes from ${f.origin}.`,
    remedy: () =>
      'Free some space (`ephemery artifacts prune` shows what is not needed) and try again; the download goes on where it was.',
  }),
  'EPH-ARTIFACT-NEEDS': error<{ client: string; program: string; words: string }>({
    meaning: 'A program needs another one of the host, which is not there.',
    message: (f) => `${f.client} needs ${f.words}, and there is no ${f.program} on the PATH.`,
    remedy: (f) => `Install ${f.words}, or run this client in a container or from another source.`,
  }),
  'EPH-ARTIFACT-PROGRAM-MISSING': error<{ client: string; path: string }>({
    meaning: 'An installed package or archive does not hold the program that it should.',
    message: (f) => `The program of ${f.client} is not at ${f.path}`,
    remedy: () =>
      'Check `bin` and `path` in the configuration; install Ephemery Node again if it is a program of its own.',
  }),
  'EPH-ARTIFACT-VERSION': error<{ client: string; wished: string; actual: string; path: string }>({
    meaning: 'A program on this host has another version than the configuration asks for.',
    message: (f) => `${f.path} is ${f.client} ${f.actual}, but ${f.wished} is asked for.`,
    remedy: () => 'Change `version` in the configuration, or install the version that it names.',
    exitCode: 2,
  }),
});
