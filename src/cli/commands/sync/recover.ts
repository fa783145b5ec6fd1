import { recoveryKinds, recoverySteps } from '../../../core/sync/recovery.ts';
import { command } from '../../command.ts';
import { choice, flag, required, requiredText } from '../../option.ts';

export const syncRecoverCommand = command({
  path: ['sync', 'recover'],
  summary: 'Start a client again that does not come forward',
  description:
    'From the least harmful on: restart (on the data that it has), next-provider (a consensus client begins anew at the checkpoint of another provider), resync (a client begins anew in a new directory). Without --do it only shows these. The other layer stays as it is, unless one program is both; node keys and slashing protection do always.',
  args: {
    node: requiredText('node', 'Which node.', { completes: 'node' }),
    layer: required(choice(['execution', 'consensus'], 'Which client of it.')),
  },
  options: {
    do: choice(recoveryKinds, 'What to do.'),
    yes: flag('Agree that data are fetched anew.'),
  },
  examples: [
    { line: 'sync recover home consensus', what: 'What there is to try' },
    { line: 'sync recover home consensus --do restart', what: 'The least of it' },
    { line: 'sync recover home execution --do resync --yes', what: 'Begin the execution client anew' },
  ],
  async run(context, { args, options }) {
    const { output, config } = context;
    const { node, layer } = args;
    const kind = options.do;
    if (kind === undefined) {
      const steps = recoverySteps(layer, { beganAtCheckpoint: true });
      output.result(steps, () =>
        steps
          .map((step) => `--do ${step.kind}${step.needsConsent ? ' --yes' : ''}: ${step.words}`)
          .join('\n'),
      );
      return undefined;
    }
    const [{ openControl }, { withProgress }, services] = await Promise.all([
      import('../../../operations/open-control.ts'),
      import('../../output/progress.ts'),
      context.services(),
    ]);
    const control = await openControl(services, { config });
    const consent =
      options.yes || (output.interactive && kind !== 'restart' && (await agreed(context, layer)));
    const done = await withProgress({ output, clock: services.clock }, 'Starting it again', () =>
      control.recover({ node, layer, kind, consent }),
    );
    output.result(
      done,
      () => `Under way for ${done.nodes.join(', ')}; see it with \`ephemery sync ${node}\`.`,
    );
    return undefined;
  },
});

async function agreed({ signal }: { readonly signal: AbortSignal }, layer: string): Promise<boolean> {
  const { confirm } = await import('../../output/confirm.ts');
  return confirm(`The ${layer} client fetches its data anew. Go on?`, signal);
}
