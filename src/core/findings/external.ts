import { defineFindings, finding } from './finding.ts';

/** What is worth telling about a node that somebody else runs and we only watch. */
export const externalFindings = defineFindings({
  'EPH-EXTERNAL-SILENT': finding<{ layer: string; url: string; reason: string }>({
    severity: 'warning',
    short: 'An observed client does not answer',
    long: (f) =>
      `The ${f.layer} client at ${f.url} does not answer: ${f.reason}. Which network it is on is not known.`,
    remedy: () => 'See that it runs and that its address in the configuration is right.',
  }),
  'EPH-EXTERNAL-RESETS-MISSED': finding<{ layer: string; running: number; wanted: number }>({
    severity: 'critical',
    short: 'An observed client has missed a reset',
    long: (f) =>
      `The ${f.layer} client is on iteration ${f.running}; by the clock it should be on ${f.wanted}: ${f.wanted - f.running} reset(s) missed.`,
    remedy: () =>
      'Reset it by the means it was set up with, or let this program run it: another runtime than external.',
  }),
  'EPH-EXTERNAL-AHEAD': finding<{ layer: string; running: number; wanted: number }>({
    severity: 'critical',
    short: 'An observed client is on an iteration that has not begun',
    long: (f) => `The ${f.layer} client is on iteration ${f.running}; by the clock ${f.wanted} is current.`,
    remedy: () => "It joined the next network too early, or this host's clock is behind. Compare the clocks.",
  }),
  'EPH-EXTERNAL-WRONG-NETWORK': finding<{ layer: string; fact: string; expected: string; found: string }>({
    severity: 'critical',
    short: 'An observed client is on another network',
    long: (f) => `The ${f.layer} client says ${f.fact} ${f.found}; the network has ${f.expected}.`,
    remedy: () => 'See that it was started with the files of the verified release: ephemery network fetch.',
  }),
  'EPH-EXTERNAL-EXECUTION-OFFLINE': finding<{ url: string }>({
    severity: 'critical',
    short: 'An observed consensus client does not reach its execution client',
    long: (f) => `The consensus client at ${f.url} says that its execution client is offline.`,
    remedy: () => 'See that the execution client runs and that both have the same JWT secret.',
  }),
});
