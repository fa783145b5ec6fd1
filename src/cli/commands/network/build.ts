import { forkNames } from '../../../core/network/forks.ts';
import { command } from '../../command.ts';
import { choice, formed, integer, required, requiredText, withDefault } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';

const tagPrefix = formed('text', 'What comes before the iteration in the release’s tag.', {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$/,
  expects: 'letters, digits, dots, dashes and underscores',
});

export const networkBuildCommand = command({
  path: ['network', 'build'],
  summary: 'Build the release of an iteration from genesis inputs',
  description:
    'The inputs have the form of the public network’s repository: values.env, cl-config.yaml, el-config.yaml, validators/*.txt. The folder that is made holds every published file and both archives, and appears whole or not at all.',
  options: {
    inputs: requiredText('folder', 'Where the inputs are.', { completes: 'folder' }),
    iteration: required(integer('Which iteration to build.', { least: 0, most: 999_999_999 })),
    out: requiredText('folder', 'The folder to make; it must not exist.', { completes: 'folder' }),
    lastFork: choice(forkNames, 'The last fork of the network; all that the inputs schedule when absent.'),
    tagPrefix: withDefault(tagPrefix, 'ephemery-'),
  },
  examples: [
    {
      line: 'network build --inputs ./ephemery-genesis --iteration 160 --out ./releases/ephemery-160',
      what: 'What the public network would publish as iteration 160',
    },
    {
      line: 'network build --inputs ./inputs --iteration 3 --out ./releases/mine-3 --last-fork electra --tag-prefix mine-',
      what: 'A network of your own that stays on Electra',
    },
  ],
  async run(context, { options }) {
    const [{ buildNetwork }, { buildText }, services] = await Promise.all([
      import('../../../operations/network/build-network.ts'),
      import('../../view/release-text.ts'),
      context.services(),
    ]);
    const { output, signal } = context;
    const report = await withProgress({ output, clock: services.clock }, 'Reading the inputs', (onProgress) =>
      buildNetwork(services, options, { signal, onProgress }),
    );
    output.result(report, () => buildText(report, output.style));
    return undefined;
  },
});
