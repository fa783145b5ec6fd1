import { command } from '../../command.ts';
import { cliErrors } from '../../errors.ts';
import { choice, flag, integer, text } from '../../option.ts';

const layers = ['execution', 'consensus', 'validator', 'signer', 'database', 'service', 'hook'] as const;

export const logsCommand = command({
  path: ['logs'],
  summary: "Show the clients' own output",
  args: {
    unit: text(
      'unit',
      'A node or a local network, or one program of it: <node>.<layer>, <node>.hook for your hooks, <network>.service for what runs a local network, <network>.execution and <network>.consensus for what makes its blocks. All nodes when absent.',
    ),
  },
  options: {
    layer: choice(layers, 'Only this client.'),
    tail: integer('How many of the last lines; 100 when absent.', { least: 0, most: 100_000 }),
    follow: flag('Go on with new lines until Ctrl-C.'),
  },
  examples: [
    { line: 'logs home --follow', what: 'Everything that the node home says, as it comes' },
    { line: 'logs home.hook', what: 'What your hooks on its resets said' },
    { line: 'logs home.execution --tail 20', what: 'The last of its execution client' },
    { line: 'logs devnet', what: 'What runs the local network devnet, and makes its blocks' },
  ],
  async run(context, { args, options }) {
    const { output, signal, config } = context;
    const { node, layer } = chosen(args.unit, options.layer);
    const { openControl } = await import('../../../operations/open-control.ts');
    const control = await openControl(await context.services(), { config });
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

type Layer = (typeof layers)[number];

/** Throws EPH-CLI-VALUE where no client is called so, EPH-CLI-USAGE where two are asked for. */
function chosen(unit: string | undefined, ofOption: Layer | undefined): { node?: string; layer?: Layer } {
  const [node, ...rest] = unit?.split('.') ?? [];
  const word = unit === undefined || rest.length === 0 ? undefined : rest.join('.');
  const ofUnit = layers.find((known) => known === word);
  if (unit !== undefined && word !== undefined && ofUnit === undefined) {
    const expects = `a node or local network, or one and one of ${layers.join(', ')} with a dot between them`;
    throw cliErrors.create('EPH-CLI-VALUE', { name: 'unit', given: unit, expects });
  }
  if (ofUnit !== undefined && ofOption !== undefined && ofUnit !== ofOption) {
    const problem = `${unit} and --layer ${ofOption} name two clients.`;
    throw cliErrors.create('EPH-CLI-USAGE', { problem, command: 'ephemery logs' });
  }
  const layer = ofOption ?? ofUnit;
  return { ...(node === undefined ? {} : { node }), ...(layer === undefined ? {} : { layer }) };
}
