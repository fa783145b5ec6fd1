import { defineErrors, error } from '../../base/errors.ts';

/** What can go wrong while a node is brought where it should be. */
export const nodeErrors = defineErrors({
  'EPH-NODE-TASK-FAILED': error<{ task: string; exitCode: number; tail: readonly string[] }>({
    meaning: 'A one-shot program that prepares a data directory, such as `geth init`, failed.',
    message: (f) => `${f.task} ended with code ${f.exitCode}: ${f.tail.slice(-3).join(' | ')}`,
    remedy: () => 'Read what it printed. The old data are untouched, and it is tried again.',
  }),
  'EPH-NODE-NOT-RUNNING-HERE': error<{ unit: string }>({
    meaning: 'A unit that was to be taken over was gone when it was looked for.',
    message: (f) => `${f.unit} runs no more.`,
    remedy: () => 'Nothing: it is started again.',
  }),
  'EPH-NODE-OTHER-MANAGER': error<{ unit: string; mark: string }>({
    meaning: 'Another program that resets nodes by itself has worked on a client directory of ours.',
    message: (f) =>
      `${f.unit} is not started: ${f.mark} says that another manager resets this directory too.`,
    remedy: (f) =>
      `Choose one of both. If it is to be this one, use the client's own program instead of the wrapper's image and remove ${f.mark}.`,
  }),
  'EPH-NODE-JOURNAL-UNREADABLE': error<{ line: number; reason: string }>({
    meaning: "A node's journal is damaged before its end.",
    message: (f) => `Line ${f.line} of the node's journal cannot be read: ${f.reason}.`,
    remedy: () =>
      'Move journal.ndjson away and start again: the node is taken over by the markers of its data directories.',
  }),
  'EPH-NODE-NOTHING-TO-RESET': error<{ node: string; iteration: number }>({
    meaning: 'A reset was asked for, and the node is on the current iteration already.',
    message: (f) => `${f.node} is on iteration ${f.iteration} already.`,
    remedy: () =>
      'Add --force to start that iteration again in a new directory; slashing protection is kept.',
  }),
  'EPH-NODE-HOOK-LATE': error<{ deadlineMs: number }>({
    meaning: 'A hook of yours did not end in time.',
    message: (f) => `It did not end within ${f.deadlineMs / 1000} s.`,
    remedy: () => 'Let the hook start long work in the background and end itself.',
  }),
  'EPH-NODE-NOTHING-TO-RECOVER': error<{ node: string; layer: string }>({
    meaning: 'A client was to be started again, and it was not started yet.',
    message: (f) => `The ${f.layer} client of ${f.node} does not run on any data.`,
    remedy: () => 'See what it waits for with: ephemery plan.',
  }),
  'EPH-NODE-NO-TARGET': error<{ node: string }>({
    meaning: 'A reset was asked for, and there is no verified release to go to.',
    message: (f) => `No verified release of the current iteration is there for ${f.node}.`,
    remedy: () => 'See what is missing with: ephemery plan.',
  }),
  'EPH-NODE-FOREIGN-KEYS': error<{ node: string; count: number; keys: readonly string[] }>({
    meaning: 'A validator client signs with keys that are in none of its key sets.',
    message: (f) =>
      `The validator client of ${f.node} has ${f.count} keys of no key set of its: ${f.keys.join(', ')}.`,
    remedy: (f) =>
      `Nobody guards these keys. Bring them into a key set of the node with \`ephemery keys import\`, or take them away: \`ephemery validators stop ${f.node}\` puts them aside, and after \`ephemery validators start ${f.node}\` the client has those of its sets alone.`,
  }),
  'EPH-NODE-KEYS-NOT-LOADED': error<{ node: string; count: number; reason: string }>({
    meaning: 'A validator client does not take keys that it is to sign with.',
    message: (f) => `The validator client of ${f.node} does not take ${f.count} keys: ${f.reason}.`,
    remedy: () => "The reason is the client's own; its log may say more. It is tried again.",
  }),
  'EPH-NODE-KEYS-WITH-SIGNER': error<{
    node: string;
    client: string;
    count: number;
    keys: readonly string[];
    takesSigner: boolean;
  }>({
    meaning: 'A key set has keys of a remote signer, and the node does not know that signer.',
    message: (f) =>
      `${f.client} of ${f.node} cannot sign with ${f.count} keys of its sets (${f.keys.join(', ')}): a remote signer has them, and the node names none.${f.takesSigner ? '' : ` ${f.client} signs with no remote signer.`} Its other keys are with it.`,
    remedy: (f) =>
      f.takesSigner
        ? 'Give the signer as validator.signerUrl, in a node whose sets have keys of that signer alone: with it, keystores are not used.'
        : 'Give these keys, in a set of their own, to a node whose validator client signs with a remote signer (Lighthouse, Lodestar, Nimbus, Prysm, Teku, Vero), and the signer as validator.signerUrl.',
  }),
  'EPH-NODE-KEYS-WITHOUT-SIGNER': error<{ node: string; count: number; keys: readonly string[] }>({
    meaning: 'A node signs with a remote signer, and some of its keys are in keystores alone.',
    message: (f) =>
      `Nobody signs with ${f.count} keys of ${f.node} (${f.keys.join(', ')}): its remote signer does not have them, and with validator.signerUrl keystores are not used. Its other keys are signed with.`,
    remedy: () =>
      'Load them into the signer, or give them, in a set of their own, to a node without validator.signerUrl.',
  }),
  'EPH-NODE-SIGNER-IN-IMAGE': error<{ node: string; client: string }>({
    meaning: "The migrations of a signer's database cannot be found beside its program.",
    message: (f) =>
      `The signer of ${f.node} is not started: the migrations of ${f.client} do not lie beside its program.`,
    remedy: () => "Use the program from its publisher's archive, where it lies beside them, or its image.",
  }),
  'EPH-NODE-DATABASE-NOT-READY': error<{ node: string; reason: string }>({
    meaning: 'The database of a signer was started and takes no connections.',
    message: (f) => `The database of the signer of ${f.node} cannot be used: ${f.reason}.`,
    remedy: (f) => `Its log says why: ephemery logs ${f.node}.database. It is tried again.`,
  }),
  'EPH-NODE-SIGNER-NOT-READY': error<{ node: string; outcome: string }>({
    meaning: 'A signer was started and does not answer.',
    message: (f) =>
      f.outcome === 'ended'
        ? `The signer of ${f.node} ended before it answered.`
        : `The signer of ${f.node} does not answer.`,
    remedy: (f) => `Its log says why: ephemery logs ${f.node}.signer. It is tried again.`,
  }),
  'EPH-NODE-PROTECTION-UNMERGED': error<{ from: string; to: string; reason: string }>({
    meaning: 'A validator client was changed, and its slashing protection cannot be carried over.',
    message: (f) => `Slashing protection of ${f.from} cannot be brought into ${f.to}: ${f.reason}`,
    remedy: () =>
      'Nothing is lost, and the validator client stays down. Go back to the earlier one until the next iteration, or mend what it says.',
  }),
});
