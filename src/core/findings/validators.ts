import { defineFindings, finding } from './finding.ts';

/** Who may sign with validator keys, and who must not. */
export const validatorFindings = defineFindings({
  'EPH-VALIDATORS-HALTED': finding<{ reason: string }>({
    severity: 'critical',
    short: 'Signing is halted',
    long: (f) => `The signers of this node were halted: ${f.reason}. They stay down.`,
    remedy: () => 'Find out why first. Then: ephemery validators start.',
  }),
  'EPH-VALIDATORS-STOPPED': finding<{ reason: string }>({
    severity: 'info',
    short: 'The validator client was stopped by hand',
    long: (f) => `It stays down, and misses its duties: ${f.reason}.`,
    remedy: () => 'To go on: ephemery validators start.',
  }),
  'EPH-VALIDATORS-ORDER-UNREADABLE': finding<{ reason: string }>({
    severity: 'critical',
    short: 'Whether signing is halted cannot be read',
    long: (f) => `The validator client is not started: ${f.reason}.`,
    remedy: () => 'Say it again: ephemery validators start, or ephemery validators halt.',
  }),
  'EPH-VALIDATORS-KEYS-NOT-OURS': finding<{ keySet: string; owner: string; why: string; remedy: string }>({
    severity: 'critical',
    short: 'A key set belongs to somebody else',
    long: (f) => `The key set ${f.keySet} cannot sign here: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'EPH-VALIDATORS-KEYS-MOVING': finding<{ keySet: string; owner: string; why: string; remedy: string }>({
    severity: 'warning',
    short: 'A key set is being moved',
    long: (f) => `The key set ${f.keySet} signs nowhere until it has arrived: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'EPH-VALIDATORS-BINDING-CHANGED': finding<{ changes: readonly string[] }>({
    severity: 'warning',
    short: 'This home is a copy, or was restored, or its machine was changed',
    long: (f) =>
      `It is not as it was when its keys became its own: ${f.changes.join('; ')}. No key signs here: the original may still sign.`,
    remedy: () => 'If nobody else runs with these keys: ephemery keys claim.',
  }),
  'EPH-VALIDATORS-SIGNER-UNLISTED': finding<{ url: string; reason: string }>({
    severity: 'critical',
    short: 'The keys of the remote signer are not known',
    long: (f) =>
      `The signer at ${f.url} does not tell its keys: ${f.reason}. The validator client waits: keys that nobody knows cannot be guarded.`,
    remedy: () =>
      'See that the signer runs and serves /api/v1/eth2/publicKeys to this host. Where it cannot, use keystores, or a signer of the node.',
  }),
  'EPH-VALIDATORS-SIGNER-KEYS': finding<{ url: string; count: number; keys: readonly string[] }>({
    severity: 'critical',
    short: 'The remote signer has keys that no key set of this node has',
    long: (f) =>
      `The signer at ${f.url} signs with ${f.count} key(s) that this node does not own: ${f.keys.join(', ')}. The validator client could sign with them, and nobody would look for a second signer.`,
    remedy: (f) =>
      `If no other node signs with them: ephemery keys import ${f.url}, into a key set of this node. Otherwise take them away from this signer.`,
  }),
  'EPH-VALIDATORS-KEY-IN-TWO-SETS': finding<{ key: string; keySets: readonly string[] }>({
    severity: 'critical',
    short: 'A key is in two key sets',
    long: (f) =>
      `${f.key} is in the key sets ${f.keySets.join(' and ')}: two nodes could sign with it. The validator client waits.`,
    remedy: (f) =>
      `Move its keystore and its password out of keys/${f.keySets.join('/ or keys/')}/; each key belongs to one set.`,
  }),
  'EPH-VALIDATORS-KEYS-ASIDE': finding<{
    folder: string;
    keys: number;
    unread: number;
    passwordFile?: string;
  }>({
    severity: 'warning',
    short: 'Keys that no key set has were put aside',
    long: (f) =>
      `${f.folder} has ${asideWords(f)}. A client of the node had been given them over its API; nobody signs with them, and there may be no other copy.`,
    remedy: (f) =>
      `To take them in: ephemery keys import ${f.folder}${f.passwordFile === undefined ? '' : ` --password-file ${f.passwordFile}`}. ${f.unread > 0 ? 'Remove the folder once its keys are in a key set, or when nobody needs them.' : 'If nobody needs them, remove the folder.'}`,
  }),
  'EPH-VALIDATORS-MESSAGE-VOID': finding<{
    kind: string;
    network: string;
    iteration: number;
    file: string;
    keys: number;
  }>({
    severity: 'warning',
    short: 'A signed message waits to be sent to a network that is gone',
    long: (f) =>
      `${f.file} has ${f.kind === 'exit' ? 'exits' : 'changes of credentials'} of ${f.keys} key(s), signed for iteration ${f.iteration} of ${f.network}: no network takes them any more.`,
    remedy: () =>
      'Remove the file. What is still wanted is signed again, with ephemery keys exit or ephemery keys change-credentials.',
  }),
  'EPH-VALIDATORS-WATCHING': finding<{ seen: number }>({
    severity: 'info',
    short: 'Waiting to see that nobody else signs',
    long: (f) =>
      `The keys were quiet for ${f.seen} of 2 full epochs. The validator client starts after the second.`,
    remedy: () => 'Nothing: it starts by itself.',
  }),
});

function asideWords({ keys, unread }: { readonly keys: number; readonly unread: number }): string {
  const words = [
    ...(keys > 0 ? [`${keys} key(s) that are in no key set`] : []),
    ...(unread > 0 ? [`${unread} wallet(s) or keystore(s) that do not say which keys they hold`] : []),
  ];
  return words.join(' and ');
}
