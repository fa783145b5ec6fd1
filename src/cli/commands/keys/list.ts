import { command } from '../../command.ts';
import { withProgress } from '../../output/progress.ts';
import { beaconOption, keySetOption, networkOption } from './key-options.ts';

export const keysListCommand = command({
  path: ['keys', 'list'],
  summary: 'Show every key, and where it stands on the network',
  description:
    'In the next genesis and in this one by the releases that are held, now by the state of a node. What nobody could tell is "unknown", which is not "no".',
  options: { set: keySetOption, network: networkOption, beacon: beaconOption },
  examples: [
    { line: 'keys list', what: 'All keys of this installation' },
    {
      line: 'keys list --set main --beacon http://127.0.0.1:5052',
      what: 'One set, by the node that is named',
    },
  ],
  async run(context, { options }) {
    const { output, config } = context;
    const [{ listKeys }, { listKeysText }, services] = await Promise.all([
      import('../../../operations/keys/list-keys.ts'),
      import('../../view/keys-text.ts'),
      context.services(),
    ]);
    const { set: keySet, network, beacon } = options;
    const report = await withProgress({ output, clock: services.clock }, 'Looking for the keys', () =>
      listKeys(services, { keySet, network, beacon, config, keys: [] }),
    );
    output.result(report, () => listKeysText(report, output.style));
    return undefined;
  },
});
