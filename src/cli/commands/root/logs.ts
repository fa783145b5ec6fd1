import { command } from '../../command.ts';
import { choice, flag, integer, text } from '../../option.ts';

const layers = ['execution', 'consensus', 'validator', 'signer', 'database', 'service'] as const;

export const logsCommand = command({
  path: ['logs'],
  summary: "Show the clients' own output",
  args: {
    unit: text(
      'unit',
      'A node, one client of it as <node>.<layer>, or a local network as <network>.service.',
    ),
  },
  options: {
    layer: choice(layers, 'Only this client.'),
    tail: integer('How many of the last lines; 100 when absent.', { least: 0, most: 100_000 }),
    follow: flag('Go on with new lines until Ctrl-C.'),
  },
  examples: [
    { line: 'logs home --follow', what: 'Everything that the node home says, as it comes' },
    { line: 'logs home.execution --tail 20', what: 'The last of its execution client' },
  ],
  async run(context, { args, options }) {
    const { output, signal, config } = context;
    const { openControl } = await import('../../../operations/open-control.ts');
    const control = await openControl(await context.services(), { config });
    const [node, ofUnit] = args.unit?.split('.') ?? [];
    const layer = options.layer ?? layers.find((candidate) => candidate === ofUnit);
    const request = {
      tail: options.tail ?? 100,
      follow: options.follow,
      ...(node === undefined ? {} : { node }),
      ...(layer === undefined ? {} : { layer }),
    };
    for await (const entry of control.logs(request, signal)) {
      const source = output.style.faint(`${entry.node}.${entry.layer} |`);
      output.item(entry, () => `${source} ${output.foreign(entry.line)}`);
    }
    return undefined;
  },
});
