import { defineErrors, error } from '../../base/errors.ts';

export const keyUseErrors = defineErrors({
  'EPH-KEYS-SECRET-UNREADABLE': error<{ source: string; problem: string }>({
    meaning: 'A file or a variable that should hold a password or a mnemonic cannot be used.',
    message: ({ source, problem }) => `${source}: ${problem}.`,
    remedy: () => 'Name a file that only you can read, with the secret on its first line.',
    exitCode: 2,
  }),
  'EPH-KEYS-SECRET-MISSING': error<{ what: string; options: string }>({
    meaning: 'A command needs a secret, none was given, and nobody is there to be asked.',
    message: ({ what }) => `${what} is needed, and there is nobody to ask.`,
    remedy: ({ options }) => `Give ${options}. Secrets are never taken from the command line itself.`,
    exitCode: 2,
  }),
  'EPH-KEYS-SET-NAME': error<{ name: string }>({
    meaning: 'The name of a key set has another form than lower-case letters, digits and dashes.',
    message: ({ name }) => `"${name}" cannot be the name of a key set.`,
    remedy: () => 'Use lower-case letters, digits and dashes: main, or csm-1.',
    exitCode: 2,
  }),
  'EPH-KEYS-NO-SET': error<{ name: string; sets: readonly string[] }>({
    meaning: 'There is no key set of that name, or it holds no key.',
    message: ({ name, sets }) =>
      `There is no key set ${name}${sets.length === 0 ? ', nor any other' : `; there are: ${sets.join(', ')}`}.`,
    remedy: () => '`ephemery keys new` makes keys, `ephemery keys import` takes them over.',
  }),
  'EPH-KEYS-NONE': error<{ withSigner: number }>({
    meaning: 'Keys were to be copied out, and there are none whose secrets are here.',
    message: ({ withSigner }) =>
      withSigner === 0
        ? 'There are no keys here.'
        : `There are no keys here but ${withSigner} of which a remote signer has the secrets.`,
    remedy: () => '`ephemery keys new` makes keys, `ephemery keys import` takes them over.',
  }),
  'EPH-KEYS-NOT-HERE': error<{ key: string }>({
    meaning: 'A key was named that is in no key set of this installation.',
    message: ({ key }) => `${key} is in no key set here.`,
    remedy: () => '`ephemery keys list` shows those that are.',
  }),
  'EPH-KEYS-WITH-SIGNER': error<{ key: string; keySet: string }>({
    meaning: 'Something needs the secret of a key that only a remote signer has.',
    message: ({ key, keySet }) => `The secret of ${key}, of the key set ${keySet}, is with a remote signer.`,
    remedy: () =>
      'Do it where the signer has its keystore, or choose other keys; `ephemery keys list` shows which a signer has.',
  }),
  'EPH-KEYS-SOME-NAMED-TWICE': error<{ start: string; keys: number }>({
    meaning: 'The beginning of a public key fits several keys.',
    message: ({ start, keys }) => `${start} fits ${keys} keys.`,
    remedy: () => 'Give more digits of it.',
    exitCode: 2,
  }),
  'EPH-KEYS-OUTPUT-UNWRITABLE': error<{ path: string; reason: string }>({
    meaning: 'The place that keys, words, messages or an identity should be written to cannot be written.',
    message: ({ path, reason }) => `${path} cannot be written: ${reason}.`,
    remedy: () => 'Name a place that you may write to. Nothing was made.',
    exitCode: 2,
  }),
  'EPH-KEYS-OUTPUT-EXISTS': error<{ path: string }>({
    meaning:
      'The file or folder that keys, messages, signing history or an identity should be written to is there already.',
    message: ({ path }) => `${path} is there already.`,
    remedy: () => 'Name another one: what exists is never written over.',
    exitCode: 2,
  }),
  'EPH-KEYS-SOURCE': error<{ source: string; problem: string }>({
    meaning: 'A folder or archive that keys should come from cannot be read, or holds what it must not.',
    message: ({ source, problem }) => `${source}: ${problem}.`,
    remedy: () =>
      'Check where it is from. Unpack it yourself where you trust it, and name the folder; an encrypted zip needs --archive-password-file.',
  }),
  'EPH-KEYS-NO-KEYSTORE': error<{ source: string; seen: readonly string[] }>({
    meaning: 'Keys were to be imported from something that holds no keystore.',
    message: ({ source, seen }) =>
      `${source} holds no keystore${seen.length === 0 ? ': it is empty' : `; it has ${seen.join('; ')}`}.`,
    remedy: () =>
      'Name a keystore, or the folder or archive (zip, tar, tar.gz, tar.xz, tar.zst) that has it; unpack any other archive first.',
  }),
  'EPH-KEYS-PASSWORD-FOLDER': error<{ folder: string; problem: string }>({
    meaning: 'The folder that passwords of keystores should be in cannot be read.',
    message: ({ folder, problem }) => `The passwords in ${folder} cannot be read: ${problem}.`,
    remedy: () =>
      'Give --passwords a folder with a password a file, named after keys or keystores; one password for all is --password-file.',
    exitCode: 2,
  }),
  'EPH-KEYS-SIGNER-LIST': error<{ url: string; reason: string }>({
    meaning: 'A remote signer did not tell which keys it has.',
    message: ({ url, reason }) => `The keys of the signer at ${url} cannot be listed: ${reason}.`,
    remedy: () =>
      'See that it runs and serves /api/v1/eth2/publicKeys. Keys that nobody can list cannot be guarded, and are not signed with.',
  }),
  'EPH-KEYS-NO-EXIT-SIGNER': error<{ key: string; problem: string }>({
    meaning:
      'An exit was asked for whose key cannot be opened here, and no running validator client can sign it.',
    message: ({ key, problem }) => `Nobody can sign an exit of ${key}: ${problem}.`,
    remedy: () =>
      'Give its password with --password-file, or see with `ephemery validators keys` that a validator client that has it runs.',
  }),
  'EPH-KEYS-EXIT-OTHER': error<{ key: string; node: string; problem: string }>({
    meaning: 'A validator client signed another exit than the one that was asked for.',
    message: ({ key, node, problem }) =>
      `The exit of ${key} that the validator client of ${node} signed is of no use: ${problem}.`,
    remedy: () =>
      'See that the node is on the network that is meant, and give the command again. Nothing was written.',
  }),
  'EPH-KEYS-UNOPENED': error<{ key: string; problem: string }>({
    meaning: 'A keystore of a key set could not be opened.',
    message: ({ key, problem }) => `${key} cannot be opened: ${problem}.`,
    remedy: () => 'Give its password with --password-file, or import the key again from where it came.',
  }),
  'EPH-KEYS-NO-DEPOSITS': error<{ network: string; iteration: number; unknown: number }>({
    meaning: 'No deposit of the iteration has to be made again, or nobody can tell.',
    message: ({ network, iteration, unknown }) =>
      unknown === 0
        ? `Of the deposits signed here in iteration ${iteration} of ${network}, none has to be made again.`
        : `Whether ${unknown} deposits of iteration ${iteration} of ${network} have to be made again is not known.`,
    remedy: ({ network }) =>
      `\`ephemery keys deposit list\` shows them. What this genesis has is known once its release is held: \`ephemery network fetch ${network}\`.`,
  }),
  'EPH-KEYS-DEPOSIT-MNEMONIC': error<{ keys: readonly string[] }>({
    meaning:
      'Deposits with 0x00 credentials are to be made again, and only the mnemonic gives their withdrawal keys.',
    message: ({ keys }) =>
      `The deposits of ${keys.length} keys have 0x00 credentials, whose withdrawal keys are not here.`,
    remedy: () =>
      'Make them with the mnemonic: `ephemery keys new --mnemonic-file … --credentials 0x00 --deposits …` keeps the keys as they are.',
  }),
  'EPH-KEYS-NO-FORK-VERSION': error<{ network: string }>({
    meaning: 'Something is to be signed for a network whose fork versions are not known here.',
    message: ({ network }) => `The fork versions of ${network} are not known.`,
    remedy: ({ network }) =>
      `Fetch a release of it (\`ephemery network fetch ${network}\`), or give genesisForkVersion in its file.`,
  }),
  'EPH-KEYS-NO-RELEASE': error<{ network: string; iteration: number }>({
    meaning:
      'Something is to be signed for an iteration whose release is not held, so its validators root is not known.',
    message: ({ network, iteration }) =>
      `The release of iteration ${iteration} of ${network} is not held here.`,
    remedy: ({ network, iteration }) =>
      `Fetch it: \`ephemery network fetch ${network} --iteration ${iteration}\`.`,
  }),
  'EPH-KEYS-CREDENTIALS': error<{ problem: string }>({
    meaning: 'Withdrawal credentials were asked for that cannot be made of what was given.',
    message: ({ problem }) => `${problem}.`,
    remedy: () =>
      'Give --withdrawal-address for 0x01 and 0x02; --credentials 0x00 needs the mnemonic and no address.',
    exitCode: 2,
  }),
  'EPH-KEYS-INDEX': error<{ last: number; most: number }>({
    meaning: 'A key of a mnemonic was asked for whose number is beyond the last that there is.',
    message: ({ last, most }) => `A mnemonic has no key ${last}: the last one is ${most}.`,
    remedy: () => 'Give a smaller --start-index, or fewer keys.',
    exitCode: 2,
  }),
  'EPH-KEYS-VALIDATOR-TWICE': error<{ index: number }>({
    meaning: 'A validator was named twice where each is given one key.',
    message: ({ index }) => `Validator ${index} is named twice.`,
    remedy: () => 'Name each validator once, in the order of the keys of the mnemonic.',
    exitCode: 2,
  }),
  'EPH-KEYS-NO-VALIDATOR': error<{ url: string; keys: number }>({
    meaning:
      'None of the keys that are to exit is a validator in the state of the beacon node that was asked.',
    message: ({ url, keys }) =>
      keys === 1
        ? `The key is no validator in the state of ${url}.`
        : `None of the ${keys} keys is a validator in the state of ${url}.`,
    remedy: () =>
      'A deposit takes some epochs until its key is one: `ephemery keys list` shows where they stand. For one key whose index you know: --index.',
  }),
  'EPH-KEYS-BEACON': error<{ url: string; reason: string }>({
    meaning: 'The Beacon API that was to be asked did not answer as it should.',
    message: ({ url, reason }) => `${url}: ${reason}.`,
    remedy: () => 'Check that the node runs and that the address is that of its Beacon API.',
  }),
});
