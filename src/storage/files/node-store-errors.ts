import { defineErrors, error } from '../../base/errors.ts';

/** What can be wrong with the files of a node. */
export const nodeStoreErrors = defineErrors({
  'EPH-STORE-JOURNAL-TOO-LARGE': error<{ file: string; sizeBytes: number }>({
    meaning: "A node's journal is far larger than we ever write one.",
    message: (f) => `${f.file} has ${f.sizeBytes} bytes and is no journal of ours.`,
    remedy: () => 'Move the file away and start again: the node is taken over by its data directories.',
  }),
  'EPH-STORE-CHAIN-NAME': error<{ name: string }>({
    meaning: 'A chain folder was named that we would never have made.',
    message: (f) => `"${f.name}" is not the name of a chain folder.`,
    remedy: () => 'Nothing was touched. Report it: this is a defect.',
  }),
  'EPH-STORE-CHAIN-FOREIGN': error<{ path: string; reason: string }>({
    meaning: 'A folder stands where a chain folder is to be, and it is none of ours.',
    message: (f) => `${f.path} is not ours: ${f.reason}.`,
    remedy: (f) => `Move ${f.path} away; nothing in it was changed.`,
  }),
  'EPH-STORE-PROTECTION-FOREIGN': error<{ path: string }>({
    meaning: 'A folder stands where a new protection store is to be, and it belongs to another network.',
    message: (f) => `${f.path} holds the slashing protection of another network or of nobody.`,
    remedy: (f) => `Look what ${f.path} is and move it away; the validator client waits.`,
  }),
  'EPH-STORE-PROTECTION-DAMAGED': error<{ path: string; reason: string }>({
    meaning: 'What a slashing protection store is cannot be told, so no other is opened beside it.',
    message: (f) => `${f.path} should be a protection store, and ${f.reason}.`,
    remedy: (f) => `Restore ${f.path}/store.json from a copy; the validator client waits.`,
  }),
  'EPH-STORE-KEYSTORE-INVALID': error<{ file: string; reason: string }>({
    meaning: 'A file among the keystores is not a keystore.',
    message: (f) => `${f.file} is not a keystore: ${f.reason}.`,
    remedy: (f) => `Restore ${f.file} or move it out of the key set's folder.`,
  }),
  'EPH-STORE-PASSWORD-MISSING': error<{ file: string }>({
    meaning: 'A keystore has no password beside it, so that no client can open it.',
    message: (f) => `The password in ${f.file} cannot be read.`,
    remedy: () => "Import the key again with its password, or move its keystore out of the key set's folder.",
  }),
  'EPH-STORE-OWNER-INVALID': error<{ file: string }>({
    meaning: 'The record of who owns a key set cannot be understood.',
    message: (f) => `${f.file} does not say whose these keys are.`,
    remedy: () => 'Make sure that nobody signs with these keys, and then: ephemery keys claim.',
  }),
  'EPH-STORE-OWNER-BUSY': error<{ folder: string; pid: number }>({
    meaning: 'Who owns a key set was to be changed while another process changes it, which did not end.',
    message: (f) => `Process ${f.pid} is changing whose the keys in ${f.folder} are, and does not end.`,
    remedy: () => 'Look what that process does; end it if it hangs, and give the command again.',
  }),
  'EPH-STORE-ORDER-BUSY': error<{ folder: string; pid: number }>({
    meaning: 'A signer was to be started while another process starts or stops it, which did not end.',
    message: (f) => `Process ${f.pid} is starting or stopping the signer in ${f.folder}, and does not end.`,
    remedy: () => 'Look what that process does; end it if it hangs.',
  }),
  'EPH-STORE-PROTECTION-BUSY': error<{ folder: string; pid: number }>({
    meaning:
      'Slashing protection was to be given to a node while another process gives it some, which did not end.',
    message: (f) => `Process ${f.pid} is adding slashing protection to ${f.folder}, and does not end.`,
    remedy: () => 'Look what that process does; end it if it hangs, and give the command again.',
  }),
  'EPH-STORE-ORDER-INVALID': error<{ file: string }>({
    meaning: 'The record of whether a node may sign cannot be understood.',
    message: (f) => `${f.file} does not say whether the signers may run.`,
    remedy: () => 'Say it again: ephemery validators start, or ephemery validators halt.',
  }),
  'EPH-STORE-TOLD-INVALID': error<{ file: string }>({
    meaning: 'The file with what keys were told over the keymanager API cannot be understood.',
    message: (f) => `${f.file} is no list of what keys were told, or one of a later version.`,
    remedy: (f) =>
      `Restore ${f.file} from a backup, or remove it and tell the keys once more; until then they propose with what the configuration says.`,
  }),
  'EPH-STORE-PORTS-INVALID': error<{ file: string }>({
    meaning: 'The file with the ports given to a node cannot be understood.',
    message: (f) => `${f.file} does not hold port numbers by name.`,
    remedy: (f) => `Remove ${f.file}; ports are then given anew.`,
  }),
});
