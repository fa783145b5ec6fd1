import { defineFindings, finding } from './finding.ts';
import { secondsText, timeText } from './seconds-text.ts';

/** What is worth telling about a node and its resets. */
export const nodeFindings = defineFindings({
  'EPH-NODE-NETWORK-NOT-BEGUN': finding<{ network: string; baseTimeSeconds: number }>({
    severity: 'info',
    short: 'The network has not begun',
    long: (f) => `The clock reads a time before the network ${f.network} begins (${f.baseTimeSeconds}).`,
    remedy: () => 'Wait for its base time, or correct the clock or the network definition.',
  }),
  'EPH-NODE-CLOCK-BEHIND': finding<{ wanted: number; proven: number }>({
    severity: 'warning',
    short: 'The clock asks for an earlier iteration than the one proven',
    long: (f) =>
      `By the clock iteration ${f.wanted} is current, but the node was already proven on ${f.proven}; it stays there.`,
    remedy: (f) =>
      `Check the host's clock. To go back on purpose: ephemery reset --consent older-iteration=${f.wanted}.`,
  }),
  'EPH-NODE-CLOCK-BLOCKS-RESET': finding<{ skewMs: number; wanted: number }>({
    severity: 'critical',
    short: 'A reset or first start waits because the clock is wrong',
    long: (f) =>
      `The clock differs from that of others by ${Math.round(f.skewMs / 1000)} s, so the node does not go to iteration ${f.wanted}, which may not be the current one.`,
    remedy: () => 'Correct the clock; it then begins by itself.',
  }),
  'EPH-NODE-RESET-HELD': finding<{ wanted: number }>({
    severity: 'warning',
    short: 'A reset is held',
    long: (f) => `The reset to iteration ${f.wanted} waits because it was held by hand.`,
    remedy: () => 'Let it go on with: ephemery reset release.',
  }),
  'EPH-NODE-RELEASE-LATE': finding<{ network: string; iteration: number; lateSeconds: number }>({
    severity: 'critical',
    short: 'The release of the current iteration is missing',
    long: (f) =>
      `Iteration ${f.iteration} began ${secondsText(f.lateSeconds)} ago, and no verified release of it could be had. Until then no validator client runs, and the other clients stay as they are.`,
    remedy: (f) =>
      `It goes on by itself when the release appears. Look with: ephemery network fetch ${f.network} --iteration ${f.iteration}.`,
  }),
  'EPH-NODE-IDENTITY-CHANGED': finding<{ iteration: number; known: string; offered: string }>({
    severity: 'critical',
    short: 'An iteration was published again with another genesis',
    long: (f) =>
      `Iteration ${f.iteration} is known here as ${f.known}, and a verified release of the same number is ${f.offered}. The node stays on the first.`,
    remedy: (f) =>
      `Ask the network's operators. To follow: ephemery reset --consent changed-identity=${f.offered}.`,
  }),
  'EPH-NODE-SCHEDULE-CHANGED': finding<{ release: string; expected: string; published: string }>({
    severity: 'critical',
    short: 'A release has another schedule than the network definition',
    long: (f) => `${f.release} says ${f.published}, but the definition says ${f.expected}.`,
    remedy: (f) =>
      `Correct the network definition, or accept this one: ephemery reset --consent changed-schedule=${f.release}.`,
  }),
  'EPH-NODE-DISK-LOW': finding<{ freeBytes: number; neededBytes: number }>({
    severity: 'critical',
    short: 'Too little room for a reset',
    long: (f) =>
      `${Math.round(f.freeBytes / 1e6)} MB are free, and a reset does not begin below ${Math.round(f.neededBytes / 1e6)} MB.`,
    remedy: () => 'Make room on the disk; the reset then begins by itself.',
  }),
  'EPH-NODE-WRONG-NETWORK': finding<{ layer: string; folder: string }>({
    severity: 'critical',
    short: 'A client is on another network than its data directory says',
    long: (f) => `The ${f.layer} client in chains/${f.folder} names another network than the one wanted.`,
    remedy: () => 'It gets a new data directory by itself; the old one is kept for a look.',
  }),
  'EPH-NODE-WRONG-NETWORK-AGAIN': finding<{ layer: string; tries: number }>({
    severity: 'critical',
    short: 'A client came up on a wrong network again',
    long: (f) =>
      `The ${f.layer} client came up on a wrong network in ${f.tries} new data directories. No more are tried.`,
    remedy: () => "Read the client's log and its arguments, then: ephemery reset --force.",
  }),
  'EPH-NODE-CLIENT-EXITS': finding<{ layer: string; exits: number; exitCode?: number }>({
    severity: 'critical',
    short: 'A client ends again and again',
    long: (f) =>
      `The ${f.layer} client ended ${f.exits} times in a row${f.exitCode === undefined ? '' : `, last with code ${f.exitCode}`}. It is started again with growing pauses.`,
    remedy: (f) => `Read its log: ephemery logs --layer ${f.layer}.`,
  }),
  'EPH-NODE-UNIT-REMOVED': finding<{ layer: string; client: string }>({
    severity: 'warning',
    short: 'What ran a client was removed by somebody else',
    long: (f) =>
      `The ${f.layer} client (${f.client}) ran, and its runtime does not know it any more: its container or its record was removed, and not by us. It is started anew on the data that it had; nothing is lost.`,
    remedy: () =>
      'Nothing is to be done. To stop a client, use ephemery down or ephemery validators stop; look for what removes containers (a cleaning job, a prune).',
  }),
  'EPH-NODE-RUNTIME-SILENT': finding<{ layer: string; reason: string }>({
    severity: 'critical',
    short: 'The runtime cannot say whether a client runs',
    long: (f) =>
      `Whether ${f.layer} runs is not known: ${f.reason}. Nothing is started or stopped meanwhile.`,
    remedy: () => 'See that the runtime is up: ephemery doctor.',
  }),
  'EPH-NODE-STEP-FAILED': finding<{
    step: string;
    code: string;
    detail: string;
    tries: number;
    remedy?: string;
  }>({
    severity: 'critical',
    short: 'A step does not succeed',
    long: (f) => `"${f.step}" failed ${f.tries} time(s), last with ${f.code}: ${f.detail}.`,
    remedy: (f) =>
      `It is tried again with growing pauses. ${f.remedy ?? 'The code has a page of its own in the reference.'}`,
  }),
  'EPH-NODE-PROGRAM-MISSING': finding<{
    target: string;
    code: string;
    detail: string;
    tries: number;
    nextTryAtMs: number;
    advice: string;
  }>({
    severity: 'critical',
    short: 'A program of the node cannot be had',
    long: (f) =>
      `${f.target} is not on this host, and ${f.tries} time(s) it could not be had, last with ${f.code}: ${f.detail}. It is tried next at ${new Date(f.nextTryAtMs).toISOString()}. What runs already runs on, and other nodes are not affected.`,
    remedy: (f) => `${f.advice} It is tried again by itself; at once with: ephemery up.`,
  }),
  'EPH-NODE-UNPROVEN': finding<{ layer: string; waitedSeconds: number }>({
    severity: 'warning',
    short: 'A client does not say which network it is on',
    long: (f) =>
      `The ${f.layer} client was started ${secondsText(f.waitedSeconds)} ago and has not named its network.`,
    remedy: (f) => `Read its log: ephemery logs --layer ${f.layer}. Nothing is removed meanwhile.`,
  }),
  'EPH-NODE-CLIENT-SILENT': finding<{ layer: string; silentSeconds: number }>({
    severity: 'warning',
    short: 'A client that was proven does not answer any more',
    long: (f) =>
      `The ${f.layer} client runs, and has not answered for ${secondsText(f.silentSeconds)}. Where it is now is not known; it is neither stopped nor started anew for that.`,
    remedy: (f) =>
      `Read its log: ephemery logs --layer ${f.layer}. A client that hangs is started anew by ephemery down and ephemery up.`,
  }),
  'EPH-NODE-KEYS-FEWER': finding<{
    recorded: number;
    found: number;
    missing: number;
    examples: readonly string[];
    fingerprint: string;
  }>({
    severity: 'critical',
    short: 'Validator keys are missing',
    long: (f) =>
      `${f.missing} of the ${f.recorded} keys that were here are gone${f.examples.length === 0 ? '' : ` (${f.examples.map((key) => `0x${key}…`).join(', ')})`}; ${f.found} keystores are there. The validator client is stopped, and the other clients run on.`,
    remedy: (f) =>
      `Restore them. If they were removed or replaced on purpose: ephemery reset --consent fewer-keys=${f.fingerprint}.`,
  }),
  'EPH-NODE-KEYS-UNREADABLE': finding<{ reason: string }>({
    severity: 'critical',
    short: 'The validator keys cannot be read',
    long: (f) => `The keystores could not be counted: ${f.reason}. The validator client stays down.`,
    remedy: () => 'See that the key folders are there and readable by us: ephemery doctor.',
  }),
  'EPH-NODE-PROTECTION-DAMAGED': finding<{ folder: string; reason: string; genesisValidatorsRoot: string }>({
    severity: 'critical',
    short: 'Slashing protection is damaged',
    long: (f) =>
      `protection/${f.folder} should be a store of slashing protection, but ${f.reason}. The validator client is stopped: a new store would know nothing of what was signed. The other clients run on.`,
    remedy: (f) =>
      `Restore the folder from a copy. If only its store.json is lost, write it again: {"genesisValidatorsRoot":"${f.genesisValidatorsRoot}","client":…,"number":…}, with client and number from the folder's name. Else wait for the next iteration.`,
  }),
  'EPH-NODE-PROTECTION-UNREADABLE': finding<{ reason: string }>({
    severity: 'critical',
    short: 'Slashing protection cannot be read',
    long: (f) =>
      `What slashing protection there is cannot be seen: ${f.reason}. No validator client is started.`,
    remedy: () => 'See that the folder protection of the node is readable by us: ephemery doctor.',
  }),
  'EPH-NODE-VALIDATOR-LEFT-ALONE': finding<{ exits: number; exitCode?: number }>({
    severity: 'critical',
    short: 'The validator client ends at once and is left alone',
    long: (f) =>
      `The validator client ended within a minute of its start ${f.exits} times in a row${f.exitCode === undefined ? '' : `, last with code ${f.exitCode}`}. It is not started again before the next reset.`,
    remedy: () =>
      'Read what it says: ephemery logs --layer validator. A password that does not fit its keystore is the usual cause. Then try again with: ephemery up.',
  }),
  'EPH-NODE-KEYS-ACTIVE-ELSEWHERE': finding<{ keySets: string }>({
    severity: 'critical',
    short: 'Somebody else signs with our keys',
    long: (f) => `Validators of ${f.keySets} were seen signing while our validator client was down.`,
    remedy: () => 'Stop the other signer. Ours starts once two epochs have passed without a sign of it.',
  }),
  'EPH-NODE-KEYS-UNSEEN': finding<{ reason: string }>({
    severity: 'info',
    short: 'Whether anybody signs with our keys is not known',
    long: (f) => `The validator client waits: ${f.reason}.`,
    remedy: () => 'It starts by itself once the beacon node has shown two quiet epochs.',
  }),
  'EPH-NODE-KEYS-FROM-GENESIS': finding<{ genesisTimeSeconds: number }>({
    severity: 'info',
    short: 'The validator client answers from the genesis on',
    long: (f) =>
      `The validator client runs and waits for the genesis (${timeText(f.genesisTimeSeconds)}), before which it tells and takes nothing on its keymanager API. Its keys, and what they are told, are seen to then.`,
    remedy: () => 'Nothing is to be done: nothing is signed before the genesis either.',
  }),
  'EPH-NODE-JOURNAL-DAMAGED': finding<{ line: number; reason: string }>({
    severity: 'critical',
    short: "The node's journal is damaged",
    long: (f) => `Line ${f.line} of the journal cannot be read (${f.reason}). The node is left as it is.`,
    remedy: () =>
      'Move journal.ndjson away and start again: the node is taken over by the markers of its data directories.',
  }),
  'EPH-NODE-HOOK-FAILED': finding<{
    node: string;
    hook: string;
    target: string;
    reason: string;
    said?: string;
  }>({
    severity: 'warning',
    short: 'A hook failed',
    long: (f) =>
      `The hook on ${f.hook} (${f.target}) failed: ${f.reason}.${f.said === undefined ? '' : ` It said last: ${f.said}`}`,
    remedy: (f) =>
      `Read what it said: ephemery logs ${f.node} --layer hook. Then run it by hand; the reset itself is not affected.`,
  }),
  'EPH-NODE-CLIENT-TOO-OLD': finding<{ layer: string; client: string; reaches: string; needs: string }>({
    severity: 'critical',
    short: "A client does not reach the network's fork",
    long: (f) => `${f.client} (${f.layer}) reaches ${f.reaches}, and the network needs ${f.needs}.`,
    remedy: (f) => `Choose a newer version of ${f.client} or another client.`,
  }),
});
