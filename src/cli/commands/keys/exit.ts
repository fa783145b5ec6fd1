import { command } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { integer, requiredText, text, withDefault } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';
import { beaconOption, iterationOption, keySetOption, networkOption, sendOption } from './key-options.ts';
import { givenPassword, passwordOptions } from './secret-options.ts';

export const keysExitCommand = command({
  path: ['keys', 'exit'],
  summary: 'Sign voluntary exits, write them down, and send them if told to',
  description:
    'With --send they are given to the Beacon API of our own node, which must be on the network that they are signed for, and its answer is told for each key; ends with code 3 when it did not take all. Without it nothing is sent: give the file to a Beacon API (POST /eth/v1/beacon/pool/voluntary_exits, one exit a request). A key that a remote signer has, or whose password is not at hand, is signed with by the running validator client that has it. Keys that are no validators are listed and left out, with code 3. An exit cannot be taken back in its iteration and is void in every other.',
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
    send: sendOption,
    ...passwordOptions,
  },
  examples: [
    { line: 'keys exit 0x93247f22 --out exit.json', what: 'One validator, its index asked of our own node' },
    { line: 'keys exit 0x93247f22 --out exit.json --send', what: 'The same, and off it goes' },
    { line: 'keys exit 0x93247f22 --index 30112 --out exit.json', what: 'Without asking anybody' },
  ],
  async run(context, { options, rest }) {
    const { output, signal, config } = context;
    const [{ signExits }, { allTaken, signExitsText }, services] = await Promise.all([
      import('../../../operations/keys/sign-exits.ts'),
      import('../../view/key-messages-text.ts'),
      context.services(),
    ]);
    const password = await givenPassword(context, options);
    const wish = { ...options, config, password, choice: { keySet: options.set, keys: rest } };
    const report = await withProgress({ output, clock: services.clock }, 'Opening keystores', (onProgress) =>
      signExits(services, wish, { signal, onProgress }),
    );
    output.result(report, () => signExitsText(report, output.style));
    return allTaken(report.exits) && report.unsigned === undefined ? undefined : exitCodes.found.code;
  },
});
