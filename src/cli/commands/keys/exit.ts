import { command } from '../../command.ts';
import { integer, requiredText, text, withDefault } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';
import { beaconOption, iterationOption, keySetOption, networkOption } from './key-options.ts';
import { givenPassword, passwordOptions } from './secret-options.ts';

export const keysExitCommand = command({
  path: ['keys', 'exit'],
  summary: 'Sign voluntary exits, and write them down',
  description:
    'Nothing is sent: give the file to a Beacon API (POST /eth/v1/beacon/pool/voluntary_exits). A key that a remote signer has, or whose password is not at hand, is signed with by the running validator client that has it. An exit cannot be taken back in its iteration and is void in every other.',
  args: {
    key: { ...text('key', 'Public keys, or their beginnings; all of the set when absent.'), repeats: true },
  },
  options: {
    set: keySetOption,
    network: networkOption,
    iteration: iterationOption,
    epoch: withDefault(integer('The first epoch in which it may be included.', { least: 0 }), 0),
    index: integer('The validator’s index, for one key; asked of a Beacon API when absent.', { least: 0 }),
    beacon: beaconOption,
    out: requiredText('file', 'The file to write; it must not exist.', { completes: 'file' }),
    ...passwordOptions,
  },
  examples: [
    { line: 'keys exit 0x93247f22 --out exit.json', what: 'One validator, its index asked of our own node' },
    { line: 'keys exit 0x93247f22 --index 30112 --out exit.json', what: 'Without asking anybody' },
  ],
  async run(context, { options, rest }) {
    const { output, signal, config } = context;
    const [{ signExits }, { signExitsText }, services] = await Promise.all([
      import('../../../operations/keys/sign-exits.ts'),
      import('../../view/key-messages-text.ts'),
      context.services(),
    ]);
    const password = await givenPassword(context, options);
    const wish = { ...options, config, password, choice: { keySet: options.set, keys: rest } };
    const report = await withProgress({ output, clock: services.clock }, 'Opening keystores', (onProgress) =>
      signExits(services, wish, { signal, onProgress }),
    );
    output.result(report, () => signExitsText(report));
    return undefined;
  },
});
