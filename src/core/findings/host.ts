import type { ForkName } from '../network/forks.ts';
import { defineFindings, finding } from './finding.ts';

const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`;

/** What `doctor` finds wrong with a host and a root. */
export const hostFindings = defineFindings({
  'EPH-HOST-NODE-UNSUPPORTED': finding<{ version: string }>({
    severity: 'info',
    short: 'This Node gets no security fixes any more',
    long: ({ version }) => `Node ${version} runs this program well, but its makers maintain it no longer.`,
    remedy: () => 'Install a maintained release of Node when it suits you.',
  }),
  'EPH-HOST-DISK-LOW': finding<{ folder: string; freeBytes: number; neededBytes: number }>({
    severity: 'critical',
    short: 'The disk of the home is nearly full',
    long: ({ folder, freeBytes, neededBytes }) =>
      `${folder} has ${megabytes(freeBytes)} left; a reset does not begin below ${megabytes(neededBytes)}.`,
    remedy: () => 'Make room, keep fewer old chains (retention.chains), or move the home to a larger disk.',
  }),
  'EPH-HOST-ROOT-OPEN': finding<{ path: string; mode: string }>({
    severity: 'critical',
    short: 'Others may read what should be ours alone',
    long: ({ path, mode }) => `${path} has the permissions ${mode}: other users of this host may enter it.`,
    remedy: ({ path }) => `Run: chmod -R go-rwx '${path}'`,
  }),
  'EPH-HOST-ROOT-OWNER': finding<{ path: string; owner: number; user: number }>({
    severity: 'critical',
    short: 'Something in the home belongs to another user',
    long: ({ path, owner, user }) => `${path} belongs to user ${owner}; this is user ${user}.`,
    remedy: ({ path, user }) => `Run as its owner, or: sudo chown -R ${user} '${path}'`,
  }),
  'EPH-HOST-ROOT-READ-ONLY': finding<{ path: string; reason: string }>({
    severity: 'critical',
    short: 'The home cannot be written',
    long: ({ path, reason }) => `${path} cannot be written: ${reason}.`,
    remedy: () => 'Check its permissions, and whether its disk is mounted read-only.',
  }),
  'EPH-HOST-LOCK-STALE': finding<{ file: string; pid: number }>({
    severity: 'info',
    short: 'A supervisor was killed and left its lock',
    long: ({ file, pid }) => `${file} names process ${pid}, which is gone.`,
    remedy: () => 'Nothing: the next `ephemery up` takes it over, and adopts what still runs.',
  }),
  'EPH-HOST-LOCK-UNREADABLE': finding<{ file: string; reason: string }>({
    severity: 'critical',
    short: 'The lock of the home cannot be read',
    long: ({ file, reason }) => `${file}: ${reason}.`,
    remedy: ({ file }) => `Make sure that no other ephemery runs on this home, then remove ${file}.`,
  }),
  'EPH-HOST-SUPERVISOR-SILENT': finding<{ pid: number; reason: string }>({
    severity: 'critical',
    short: 'The supervisor is alive but does not answer',
    long: ({ pid, reason }) => `Process ${pid} holds the home and does not answer: ${reason}.`,
    remedy: ({ pid }) =>
      `Run \`kill -KILL ${pid}\`, then \`ephemery up\` again; nodes are left running meanwhile.`,
  }),
  'EPH-HOST-UNSUPERVISED': finding<{ units: readonly string[] }>({
    severity: 'warning',
    short: 'Programs run and nobody keeps them',
    long: ({ units }) =>
      `${units.join(', ')} run without a supervisor: nobody will take them through a reset.`,
    remedy: () => 'Run `ephemery up` to adopt them, or `ephemery down` to stop them.',
  }),
  'EPH-HOST-CONFIG': finding<{ code: string; message: string; remedy: string }>({
    severity: 'critical',
    short: 'The configuration cannot be used',
    long: ({ code, message }) => `${code}: ${message}`,
    remedy: ({ remedy }) => remedy,
  }),
  'EPH-HOST-PORT-TAKEN': finding<{ port: number; name: string; holder: string }>({
    severity: 'critical',
    short: 'A port that a client needs is used by somebody else',
    long: ({ port, name, holder }) =>
      `Port ${port} (${name}) is used by ${holder}, and not by the client that it is for.`,
    remedy: ({ port }) =>
      `End what has it (\`sudo lsof -nP -i :${port}\` shows it), or give the client another port in ephemery.yaml. A node that is up goes on by itself once the port is free.`,
  }),
  'EPH-HOST-PROGRAM': finding<{ client: string; code: string; message: string; remedy: string }>({
    severity: 'critical',
    short: 'The program of a client is not usable',
    long: ({ client, code, message }) => `${client}: ${code}: ${message}`,
    remedy: ({ remedy }) => remedy,
  }),
  'EPH-HOST-CLIENT-BEHIND': finding<{ message: string; remedy: string }>({
    severity: 'critical',
    short: "A client does not reach the network's fork",
    long: ({ message }) => message,
    remedy: ({ remedy }) => remedy,
  }),
  'EPH-HOST-FORK-UNKNOWN': finding<{ client: string; version: string; fork: ForkName; since?: string }>({
    severity: 'warning',
    short: 'It cannot be told whether a client reaches the fork of its network',
    long: ({ client, version, fork, since }) =>
      `${client} runs as ${version}, which tells no number${since === undefined ? '' : `; ${fork} is known from ${since} on`}. A version that does not know ${fork} stops at it.`,
    remedy: () =>
      'Give the number as `version`, and what moves as `tag` of an `artifact` of the kind image: then it is held against the forks.',
  }),
  'EPH-HOST-UNEXAMINED': finding<{ part: string; reason: string }>({
    severity: 'warning',
    short: 'A part of the host could not be examined',
    long: ({ part, reason }) => `Nothing can be said of ${part}: ${reason}`,
    remedy: () => 'Mend what it says, and ask the doctor again.',
  }),
  'EPH-HOST-RUNTIME': finding<{ runtime: string; code: string; message: string; remedy?: string }>({
    severity: 'critical',
    short: 'A runtime does not work',
    long: ({ runtime, code, message }) => `${runtime}: ${code}: ${message}.`,
    remedy: ({ remedy = 'Mend what it says.' }) =>
      `Nothing is started or stopped while this lasts. ${remedy}`,
  }),
});
