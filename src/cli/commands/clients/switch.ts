import { command } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flag, requiredText, text } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';

export const clientsSwitchCommand = command({
  path: ['clients', 'switch'],
  summary: 'Give a node another execution, consensus or validator client',
  description:
    'Changes the configuration, comments kept, and lets a supervisor that is alive apply it. Settings of the client before (version, artifact, ports, args, env) are kept under former in the file, and are in effect again after a switch back; its chain data stay too, and are taken up again within the same iteration. What a validator client signed goes over into the store of the next: exported, imported, and compared.\nWith --dry-run the exit code is 3 when something critical would keep the node from its iteration, or a new client from being started there.',
  args: { node: requiredText('node', 'The node.', { completes: 'node' }) },
  options: {
    execution: text('client', 'The execution client from now on.'),
    consensus: text('client', 'The consensus client from now on.'),
    validator: text('client', 'The validator client from now on.'),
    program: text(
      'file',
      'The program of the new client on this machine; otherwise where the catalogue has it from.',
      {
        completes: 'file',
      },
    ),
    dryRun: flag('Only show what would be changed and done.'),
  },
  examples: [
    { line: 'clients switch home --execution geth --dry-run', what: 'See what would be done' },
    { line: 'clients switch home --execution geth', what: 'Do it' },
    {
      line: 'clients switch home --validator teku',
      what: 'Sign with another program, with all that was signed carried over',
    },
  ],
  async run(context, { args, options }) {
    const [{ switchClients }, { isHeldUp, switchText }, services] = await Promise.all([
      import('../../../operations/clients/switch-client.ts'),
      import('../../view/switch-text.ts'),
      context.services(),
    ]);
    const { output, config } = context;
    const report = await withProgress({ output, clock: services.clock }, 'Planning', () =>
      switchClients(services, { ...options, node: args.node, config }),
    );
    output.result(report, () => switchText(report, output.style));
    return options.dryRun && isHeldUp(report) ? exitCodes.found.code : undefined;
  },
});
